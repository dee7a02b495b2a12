package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RunStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** Others write while a run goes on, and the run is killed again and again. */
class S3OtherWritersTest {

  private static final int OBJECTS = 120;

  /** What is moved where it lies, and what is rewritten. */
  private static final List<ServerSideEncryption> KINDS =
      List.of(
          ServerSideEncryption.AES256,
          ServerSideEncryption.AWS_KMS,
          ServerSideEncryption.AWS_KMS_DSSE);

  @TempDir Path directory;
  private S3World world;

  @BeforeEach
  void createBucket() {
    world = new S3World(directory);
  }

  @AfterEach
  void close() {
    world.close();
  }

  /** As if the process had been killed: the runner catches no Error. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  private static final class KillAfter implements ExecutionInterceptor {
    private final AtomicInteger left;

    KillAfter(int calls) {
      left = new AtomicInteger(calls);
    }

    @Override
    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
      killIfDue();
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
      killIfDue();
    }

    private void killIfDue() {
      if (left.decrementAndGet() <= 0) {
        throw new Killed();
      }
    }
  }

  static IntStream seeds() {
    return IntStream.range(0, Integer.getInteger("kmsrotation.s3.rounds", 10));
  }

  /** Odd seeds have versions. */
  @ParameterizedTest
  @MethodSource("seeds")
  void others_whoWriteAndDeleteMeanwhile_loseNothing(int seed) throws Exception {
    boolean hasVersions = seed % 2 == 1;
    if (hasVersions) {
      world.enableVersioning();
    }
    Map<String, String> expected = new ConcurrentHashMap<>();
    Map<String, String> versions = new ConcurrentHashMap<>();
    IntStream.range(0, OBJECTS)
        .forEach(i -> put(expected, versions, i, "first " + i, KINDS.get(i % KINDS.size())));
    AtomicBoolean isOver = new AtomicBoolean();
    RotationPlan plan = world.planner().with(options()).plan();
    List<Thread> others = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    for (int worker = 0; worker < 3; worker++) {
      int mine = worker;
      Thread other = new Thread(() -> write(expected, versions, mine, seed, isOver));
      other.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
      other.start();
      others.add(other);
    }

    RunStatus status;
    try {
      status = world.runner(options()).build().run(plan).status();
    } finally {
      isOver.set(true);
      for (Thread other : others) {
        other.join();
      }
    }

    assertThat(failures).isEmpty();
    assertThat(status).isIn(RunStatus.SUCCEEDED, RunStatus.BLOCKED);
    assertThat(contents()).isEqualTo(expected);
    if (hasVersions) {
      versions.forEach(
          (version, content) -> assertThat(content(version)).as(version).isEqualTo(content));
    }
    if (status == RunStatus.BLOCKED) {
      assertThat(world.runner(options()).build().rollBack(plan.runId()).status())
          .isEqualTo(RunStatus.ROLLED_BACK);
    }
    world.runner(options()).build().run(world.planner().with(options()).plan()).requireComplete();
    assertThat(contents()).isEqualTo(expected);
    expected
        .keySet()
        .forEach(key -> assertThat(world.head(key).ssekmsKeyId()).isEqualTo(world.newKey));
  }

  /** Each of three writes its own keys, so that it knows what has to be there. */
  private void write(
      Map<String, String> expected,
      Map<String, String> versions,
      int worker,
      int seed,
      AtomicBoolean isOver) {
    Random random = new Random(31L * seed + worker);
    for (int turn = 0; !isOver.get(); turn++) {
      int object = random.nextInt(OBJECTS / 3) * 3 + worker;
      if (random.nextInt(4) == 0) {
        world.s3.deleteObject(r -> r.bucket(S3World.BUCKET).key(key(object)));
        expected.remove(key(object));
      } else {
        ServerSideEncryption kind = KINDS.get(random.nextInt(KINDS.size()));
        put(expected, versions, object, "turn " + turn + " of " + worker, kind);
      }
    }
  }

  @Test
  void run_killedAtManyMomentsAndResumed_isCompleteAndRewritesNothingTwice() {
    world.enableVersioning();
    Map<String, String> expected = new ConcurrentHashMap<>();
    IntStream.range(0, 30).forEach(i -> putTwice(expected, i, "first " + i));
    IntStream.range(30, 60)
        .forEach(i -> put(expected, new HashMap<>(), i, "first " + i, ServerSideEncryption.AES256));
    RotationPlan plan = world.planner().with(options()).plan();
    Random random = new Random(5);
    int kills = 0;

    RunStatus status = RunStatus.RUNNING;
    for (int attempt = 0; status != RunStatus.SUCCEEDED; attempt++) {
      KillAfter killer = new KillAfter(10 + random.nextInt(20 + 8 * attempt));
      try (S3Client mortal =
          world.client(
              S3Client.builder().overrideConfiguration(c -> c.addExecutionInterceptor(killer)))) {
        S3Options options = world.options().client(mortal).rewriteWhatCannotBeUpdated().build();
        status =
            (attempt == 0
                    ? world.runner(options).build().run(plan)
                    : world.runner(options).build().resume(plan.runId()))
                .status();
      } catch (Killed e) {
        kills++;
      }
    }

    assertThat(kills).isGreaterThan(10);
    assertThat(contents()).isEqualTo(expected);
    List<ObjectVersion> versions = world.versions();
    assertThat(versions).hasSize(90);
    assertThat(versions.stream().filter(ObjectVersion::isLatest))
        .hasSize(60)
        .allSatisfy(v -> assertThat(world.head(v).ssekmsKeyId()).isEqualTo(world.newKey));
  }

  private S3Options options() {
    return world.options().rewriteWhatCannotBeUpdated().build();
  }

  private static String key(int object) {
    return "order-%03d".formatted(object);
  }

  private void putTwice(Map<String, String> expected, int object, String content) {
    put(expected, new HashMap<>(), object, content, ServerSideEncryption.AWS_KMS_DSSE);
  }

  private void put(
      Map<String, String> expected,
      Map<String, String> versions,
      int object,
      String content,
      ServerSideEncryption encryption) {
    String version =
        world
            .s3
            .putObject(
                PutObjectRequest.builder()
                    .bucket(S3World.BUCKET)
                    .key(key(object))
                    .serverSideEncryption(encryption)
                    .build(),
                RequestBody.fromString(content))
            .versionId();
    expected.put(key(object), content);
    versions.put(key(object) + " " + version, content);
  }

  private String content(String version) {
    String[] named = version.split(" ");
    return world
        .s3
        .getObjectAsBytes(r -> r.bucket(S3World.BUCKET).key(named[0]).versionId(named[1]))
        .asUtf8String();
  }

  private Map<String, String> contents() {
    Map<String, String> contents = new ConcurrentHashMap<>();
    for (S3Object object :
        world.s3.listObjectsV2Paginator(r -> r.bucket(S3World.BUCKET)).contents()) {
      contents.put(object.key(), world.read(object.key()));
    }
    return contents;
  }
}
