package io.github.kmsrotation.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.run.RunStatus;
import java.io.IOException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** The benchmarks measure what they say; how long it takes is not looked at. */
class BenchmarksTest {

  @Test
  void step_runsEveryStepToTheEnd() {
    RunnerBenchmark benchmark = new RunnerBenchmark();
    benchmark.journal = "file";
    benchmark.mutating = true;
    benchmark.open();
    try {
      benchmark.nextPlan();
      assertThat(benchmark.step().status()).isEqualTo(RunStatus.SUCCEEDED);
    } finally {
      benchmark.close();
    }
  }

  @Test
  void open_readsAllEntries() throws IOException {
    ReadBenchmark benchmark = new ReadBenchmark();
    benchmark.entries = 100;
    benchmark.write();
    try {
      assertThat(benchmark.open()).hasSize(100);
    } finally {
      benchmark.close();
    }
  }

  @Test
  void volumes_areAllRotated_andCallsCounted() throws InterruptedException {
    try (VolumesBenchmark benchmark = new VolumesBenchmark(2)) {
      assertThat(benchmark.measure())
          .startsWith("10 volumes on 2 instances, 2 runs, ")
          .containsPattern("CreateVolume +1\\.00")
          .containsPattern("calls per volume +[0-9.]+");
    }
  }

  @Test
  void writer_losesNoRow_andItsLongestWaitIsTold() throws InterruptedException, SQLException {
    try (WriterBenchmark benchmark = new WriterBenchmark(100)) {
      assertThat(benchmark.measure())
          .startsWith("100 rows, rotated in ")
          .containsPattern("of them missing afterwards +0\n")
          .containsPattern("its longest wait +[0-9.]+ s");
    }
  }
}
