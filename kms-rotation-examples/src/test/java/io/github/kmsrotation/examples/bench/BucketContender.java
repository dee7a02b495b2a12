package io.github.kmsrotation.examples.bench;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.aws.AwsCallSettings;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationListener;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.s3.BucketKeys;
import io.github.kmsrotation.s3.S3Options;
import io.github.kmsrotation.target.S3Target;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.net.URI;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectVersion;

/**
 * Moves all objects of the bucket to a key, in a process of its own: the library, or what a
 * programmer would write who has nothing to lose. Prints the seconds that the moving took, and the
 * most that was live on the heap after a collection.
 */
final class BucketContender {

  static final int CONCURRENCY = 50;

  private final S3Client s3;
  private final URI endpoint;
  private final String keyArn;

  private BucketContender(S3Client s3, URI endpoint, String keyArn) {
    this.s3 = s3;
    this.endpoint = endpoint;
    this.keyArn = keyArn;
  }

  /** Arguments: which, endpoint, ARN of the key. */
  public static void main(String[] arguments) throws InterruptedException {
    URI endpoint = URI.create(arguments[1]);
    AtomicLong mostLive = watchHeap();
    try (S3Client s3 = BucketServer.client(S3Client.builder(), endpoint)) {
      BucketContender contender = new BucketContender(s3, endpoint, arguments[2]);
      long nanos =
          switch (arguments[0]) {
            case "update" -> contender.bare(false);
            case "look-update" -> contender.bare(true);
            case "keep" -> contender.rotate(BucketKeys.KEEP);
            case "enable" -> contender.rotate(BucketKeys.ENABLE);
            default -> throw new IllegalArgumentException(arguments[0]);
          };
      System.out.println(TimeUnit.NANOSECONDS.toMillis(nanos) + " " + (mostLive.get() >> 20));
    }
  }

  /** What a collection leaves is what is needed; the rest is rubbish that waits. */
  private static AtomicLong watchHeap() {
    AtomicLong most = new AtomicLong();
    Thread watch =
        new Thread(
            () -> {
              while (true) {
                long live = 0;
                for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
                  MemoryUsage usage = pool.getCollectionUsage();
                  if (pool.getType() == MemoryType.HEAP && usage != null) {
                    live += usage.getUsed();
                  }
                }
                most.accumulateAndGet(live, Math::max);
                try {
                  Thread.sleep(20);
                } catch (InterruptedException e) {
                  return;
                }
              }
            });
    watch.setDaemon(true);
    watch.start();
    return most;
  }

  /** Lists, and updates whatever is listed, so many at once. */
  private long bare(boolean looksFirst) throws InterruptedException {
    long start = System.nanoTime();
    ExecutorService threads = Executors.newFixedThreadPool(CONCURRENCY);
    Semaphore ahead = new Semaphore(10 * CONCURRENCY);
    AtomicReference<RuntimeException> failure = new AtomicReference<>();
    for (ObjectVersion version :
        s3.listObjectVersionsPaginator(r -> r.bucket(BucketServer.BUCKET)).versions()) {
      ahead.acquire();
      threads.execute(
          () -> {
            try {
              update(version, looksFirst);
            } catch (RuntimeException e) {
              failure.set(e);
            } finally {
              ahead.release();
            }
          });
    }
    threads.shutdown();
    if (!threads.awaitTermination(1, TimeUnit.HOURS) || failure.get() != null) {
      throw new IllegalStateException(failure.get());
    }
    return System.nanoTime() - start;
  }

  private void update(ObjectVersion version, boolean looksFirst) {
    boolean hasBucketKey = true;
    if (looksFirst) {
      HeadObjectResponse head =
          s3.headObject(
              r -> r.bucket(BucketServer.BUCKET).key(version.key()).versionId(version.versionId()));
      hasBucketKey = Boolean.TRUE.equals(head.bucketKeyEnabled());
    }
    boolean wished = hasBucketKey;
    s3.updateObjectEncryption(
        r ->
            r.bucket(BucketServer.BUCKET)
                .key(version.key())
                .versionId(version.versionId())
                .objectEncryption(
                    e -> e.ssekms(k -> k.kmsKeyArn(keyArn).bucketKeyEnabled(wished))));
  }

  /**
   * Of the run, the step that moves; what else it does, listing all again to verify, is its own.
   */
  private long rotate(BucketKeys bucketKeys) {
    S3Options options =
        S3Options.builder().client(s3).concurrency(CONCURRENCY).bucketKeys(bucketKeys).build();
    StepTime moving = new StepTime();
    try (KmsClient kms = BucketServer.client(KmsClient.builder(), endpoint);
        WorkDirectory journal = WorkDirectory.create()) {
      RotationPlanner<S3Target> planner = RotationPlanner.forS3(BucketServer.BUCKET);
      RotationPlan plan =
          planner
              .because(RotationReason.NEW_KEY_REQUESTED)
              .toKey(keyArn)
              .with(options)
              .kmsClient(kms)
              .plan();
      RotationRunner.builder()
          .journal(FileJournal.in(journal.path()))
          .with(options)
          .approval(Approvals.approveEveryPhaseIncludingDeletion())
          .listener(moving)
          .calls(AwsCallSettings.ofDefaults())
          .build()
          .run(plan)
          .requireComplete();
    }
    return moving.nanos;
  }

  private static final class StepTime implements RotationListener {
    private long start;
    private long nanos;

    @Override
    public void onStepStarted(RotationPlan plan, StepDescription step) {
      start = System.nanoTime();
    }

    @Override
    public void onStepDone(RotationPlan plan, StepDescription step, StepOutcome.Done outcome) {
      if (List.of("re-encrypt").contains(step.id())) {
        nanos = System.nanoTime() - start;
      }
    }
  }
}
