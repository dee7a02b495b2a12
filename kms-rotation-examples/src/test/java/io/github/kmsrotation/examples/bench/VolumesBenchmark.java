package io.github.kmsrotation.examples.bench;

import io.github.kmsrotation.RotationPlanner;
import io.github.kmsrotation.aws.AwsCallSettings;
import io.github.kmsrotation.aws.CallRate;
import io.github.kmsrotation.ebs.EbsOptions;
import io.github.kmsrotation.ebs.EbsSelection;
import io.github.kmsrotation.fleet.Fleet;
import io.github.kmsrotation.fleet.FleetLimits;
import io.github.kmsrotation.fleet.FleetReport;
import io.github.kmsrotation.fleet.FleetRunner;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.key.RotationReason;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.target.EbsTarget;
import io.github.kmsrotation.testkit.EmbeddedAws;
import io.github.kmsrotation.testkit.call.Call;
import io.github.kmsrotation.testkit.clock.TestClock;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.BlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.kms.KmsClient;

/**
 * How long the rotation of many volumes takes beside the least that AWS's rates and durations
 * allow, how many calls to AWS beside the fewest that change what has to be changed, and how much
 * memory and how many threads: instances with five volumes each, selected by tag, in one fleet run
 * against the embedded AWS, which throttles as AWS does. Its clock is turned whenever nobody works,
 * so hours pass in seconds, and in the same way each time. {@code mvn -q -Pbenchmark
 * -Dbenchmark=VolumesBenchmark -Dbenchmarks=200}.
 */
public final class VolumesBenchmark implements AutoCloseable {

  private static final int VOLUMES_OF_AN_INSTANCE = 5;
  private static final int MOST_OF_A_LAUNCH = 20;
  private static final Instant START = Instant.parse("2026-11-24T08:00:00Z");

  /** All of AWS's rates: nobody else is there whom it would starve. */
  private static final AwsCallSettings CALLS =
      AwsCallSettings.builder().shareOfDocumentedRates(1).callsPerSecond(10_000).build();

  /** Stop, snapshots together, start, and taking the tag off. */
  private static final int FEWEST_OF_AN_INSTANCE = 4;

  /** Create, detach, attach, delete; and what is deleted with its instance has to be told so. */
  private static final int FEWEST_OF_A_VOLUME = 5;

  private final int instances;
  private final EmbeddedAws aws;
  private final Ec2Client ec2;
  private final KmsClient kms;
  private final String newKey;
  private final EbsOptions options;
  private final WorkDirectory journal = WorkDirectory.create();
  private int mostThreads;

  VolumesBenchmark(int instances) {
    this.instances = instances;
    aws = EmbeddedAws.builder().clock(TestClock.manual(START)).requestQuotas().start();
    ec2 = local(Ec2Client.builder(), aws);
    kms = local(KmsClient.builder(), aws);
    newKey = kms.createKey().keyMetadata().arn();
    options = EbsOptions.builder().client(ec2).kmsClient(kms).stopInstance().build();
  }

  /**
   * Runs.
   *
   * @param args the number of instances; 100 if it is no number
   * @throws InterruptedException if interrupted
   */
  public static void main(String[] args) throws InterruptedException {
    int instances = args.length > 0 && args[0].matches("[0-9]+") ? Integer.parseInt(args[0]) : 100;
    try (VolumesBenchmark benchmark = new VolumesBenchmark(instances)) {
      System.out.print(benchmark.measure());
    }
  }

  String measure() throws InterruptedException {
    create();
    long before = usedAfterCollection();
    resetPeaks();
    aws.calls().clear();
    long begun = System.nanoTime();
    List<RotationPlan> plans =
        EbsSelection.byTag(ec2, "team", "orders").targets().stream().map(this::plan).toList();
    int callsOfPlanning = aws.calls().all().size();
    FleetReport alone = run(plans.subList(0, 1));
    List<Call> callsAlone = aws.calls().all().subList(callsOfPlanning, aws.calls().all().size());
    FleetReport report = run(plans.subList(1, plans.size()));
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
    Bound bound = Bound.of(alone, callsAlone, plans.size() - 1);
    return text(plans.size(), callsOfPlanning, seconds, before) + bound.beside(report);
  }

  /**
   * No schedule is shorter: before the first call of an API, and after the last one, a run takes as
   * long as it does alone; in between AWS lets its rate pass.
   */
  private record Bound(String operation, Duration time) {

    static Bound of(FleetReport alone, List<Call> calls, int runs) {
      Map<String, List<Instant>> times = new HashMap<>();
      calls.stream()
          .filter(Call::isMutating)
          .forEach(
              call ->
                  times.computeIfAbsent(call.operation(), any -> new ArrayList<>()).add(call.at()));
      Bound longest = new Bound("none", Duration.between(alone.startedAt(), alone.endedAt()));
      for (Map.Entry<String, List<Instant>> entry : times.entrySet()) {
        Bound bound =
            new Bound(entry.getKey(), least(entry.getKey(), entry.getValue(), alone, runs));
        longest = bound.time().compareTo(longest.time()) > 0 ? bound : longest;
      }
      return longest;
    }

    private static Duration least(String operation, List<Instant> of, FleetReport alone, int runs) {
      CallRate rate = CALLS.rateOf("ec2:" + operation).orElseThrow();
      double throttled = Math.max(0, (double) of.size() * runs - rate.burst()) / rate.perSecond();
      return Duration.between(alone.startedAt(), of.get(0))
          .plus(Duration.ofMillis((long) (throttled * 1_000)))
          .plus(Duration.between(of.get(of.size() - 1), alone.endedAt()));
    }

    String beside(FleetReport report) {
      Duration took = Duration.between(report.startedAt(), report.endedAt());
      StringBuilder text = new StringBuilder();
      line(text, "%-40s %8d", "seconds of AWS's time", took.toSeconds());
      line(text, "%-40s %8d", "  the least, for " + operation, time.toSeconds());
      line(text, "%-40s %8.3f", "  beside it", (double) took.toMillis() / time.toMillis());
      return text.toString();
    }
  }

  private FleetReport run(List<RotationPlan> plans) {
    return FleetRunner.builder()
        .journal(FileJournal.in(journal.path()))
        .with(options)
        .approval(Approvals.approveEveryPhaseIncludingDeletion())
        .limits(FleetLimits.builder().inFlight(instances).inFlightPerRegion(instances).build())
        .calls(CALLS)
        .workers(1)
        .seed(1)
        .clock(aws.clock())
        .sleeper(this::sleep)
        .build()
        .run(Fleet.of(plans))
        .requireComplete();
  }

  private void sleep(Duration duration) throws InterruptedException {
    mostThreads = Math.max(mostThreads, ManagementFactory.getThreadMXBean().getThreadCount());
    aws.clock().sleep(duration);
  }

  /** Plans are made one after the other, at a pace that AWS does not throttle. */
  private RotationPlan plan(EbsTarget target) {
    aws.clock().advance(Duration.ofSeconds(2));
    return RotationPlanner.forEbs(target)
        .because(RotationReason.NEW_KEY_REQUESTED)
        .toKey(newKey)
        .with(options)
        .kmsClient(kms)
        .clock(aws.clock())
        .calls(CALLS)
        .plan();
  }

  private String text(int runs, int callsOfPlanning, long seconds, long before) {
    List<Call> calls = aws.calls().all();
    int volumes = instances * VOLUMES_OF_AN_INSTANCE;
    long mutating = calls.stream().filter(Call::isMutating).count();
    double fewest = FEWEST_OF_A_VOLUME + (double) FEWEST_OF_AN_INSTANCE / VOLUMES_OF_AN_INSTANCE;
    Map<String, Integer> byOperation = new TreeMap<>();
    calls.forEach(call -> byOperation.merge(call.operation(), 1, Integer::sum));
    StringBuilder text = new StringBuilder();
    line(text, "%d volumes on %d instances, %d runs, %d s", volumes, instances, runs, seconds);
    line(text, "%-40s %8.1f", "calls per volume", (double) calls.size() / volumes);
    line(text, "%-40s %8.1f", "  of them for plans", (double) callsOfPlanning / volumes);
    line(text, "%-40s %8.1f", "  of them mutating", (double) mutating / volumes);
    line(text, "%-40s %8.1f", "  the fewest that are mutating", fewest);
    Map<String, Integer> throttled = new TreeMap<>();
    calls.stream()
        .filter(call -> call.outcome().equals("RequestLimitExceeded"))
        .forEach(call -> throttled.merge(call.operation(), 1, Integer::sum));
    line(text, "%-40s %s", "  of them throttled, in all", throttled);
    byOperation.forEach(
        (operation, count) -> line(text, "    %-36s %8.2f", operation, (double) count / volumes));
    line(text, "%-40s %8.1f", "MiB before, embedded AWS included", mib(before));
    line(text, "%-40s %8.1f", "MiB after", mib(usedAfterCollection()));
    line(text, "%-40s %8.1f", "MiB at most, garbage included", mib(peak()));
    line(text, "%-40s %8d", "threads at most", mostThreads);
    return text.toString();
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
  }

  private static double mib(long bytes) {
    return bytes / 1024.0 / 1024.0;
  }

  private static List<MemoryPoolMXBean> heap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .toList();
  }

  private static void resetPeaks() {
    heap().forEach(MemoryPoolMXBean::resetPeakUsage);
  }

  private static long peak() {
    return heap().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
  }

  private static long usedAfterCollection() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private void create() throws InterruptedException {
    ec2.enableEbsEncryptionByDefault(r -> {});
    int left = instances;
    while (left > 0) {
      int some = Math.min(left, MOST_OF_A_LAUNCH);
      launch(some);
      aws.clock().advance(Duration.ofSeconds(MOST_OF_A_LAUNCH));
      left -= some;
    }
    aws.clock().sleep(Duration.ofMinutes(10));
  }

  private void launch(int count) {
    ec2.runInstances(
        r ->
            r.imageId(aws.ec2().ebsImage("x86_64"))
                .instanceType("m5.large")
                .minCount(count)
                .maxCount(count)
                .blockDeviceMappings(
                    IntStream.range(1, VOLUMES_OF_AN_INSTANCE)
                        .mapToObj(n -> "/dev/sd" + (char) ('e' + n))
                        .map(VolumesBenchmark::disk)
                        .toList())
                .tagSpecifications(
                    TagSpecification.builder()
                        .resourceType("volume")
                        .tags(Tag.builder().key("team").value("orders").build())
                        .build()));
  }

  private static BlockDeviceMapping disk(String device) {
    return BlockDeviceMapping.builder()
        .deviceName(device)
        .ebs(e -> e.volumeSize(1).volumeType("gp3"))
        .build();
  }

  private static <B extends AwsClientBuilder<B, C>, C> C local(B builder, EmbeddedAws aws) {
    return builder
        .endpointOverride(aws.endpoint())
        .region(Region.of(aws.region()))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .build();
  }

  @Override
  public void close() {
    ec2.close();
    kms.close();
    aws.close();
    journal.close();
  }
}
