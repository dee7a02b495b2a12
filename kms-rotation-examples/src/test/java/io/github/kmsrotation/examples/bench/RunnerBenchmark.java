package io.github.kmsrotation.examples.bench;

import io.github.kmsrotation.aws.AwsCallSettings;
import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.journal.Journal;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What the runner adds to each step of a plan of {@value #STEPS} trivial ones; beginning and ending
 * the run is shared out among them. The rate limit is set to more calls a second than a run makes,
 * so that it never waits.
 */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls the methods that are marked with Setup first
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RunnerBenchmark {

  static final int STEPS = 100;

  @Param({"memory", "file"})
  String journal = "memory";

  @Param({"false", "true"})
  boolean mutating;

  private WorkDirectory directory;
  private RotationRunner runner;
  private RotationPlan plan;

  /** Makes the runner. */
  @Setup
  public void open() {
    directory = WorkDirectory.create();
    Journal chosen =
        journal.equals("file") ? FileJournal.in(directory.path()) : new MemoryJournal();
    runner =
        RotationRunner.builder()
            .journal(chosen)
            .calls(AwsCallSettings.builder().callsPerSecond(10_000).build())
            .build();
  }

  /** Makes the next plan, since a plan is run once. */
  @Setup(Level.Invocation)
  public void nextPlan() {
    plan = TrivialStrategy.plan(STEPS, mutating);
  }

  /** Deletes the journals. */
  @TearDown
  public void close() {
    directory.close();
  }

  /**
   * Runs.
   *
   * @return what happened
   */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public RotationReport step() {
    return runner.run(plan).requireComplete();
  }
}
