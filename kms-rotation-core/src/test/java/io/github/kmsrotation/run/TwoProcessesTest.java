package io.github.kmsrotation.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.journal.FileJournal;
import io.github.kmsrotation.journal.RunInUseException;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes that go on with one run: one does, the other is told so. */
class TwoProcessesTest {

  @TempDir Path directory;

  /**
   * Resumes a run when a byte arrives, and stops in its approver until the input ends. Arguments:
   * the journal's directory and the run.
   */
  public static void main(String[] arguments) throws IOException {
    RotationRunner runner =
        RotationRunner.builder()
            .journal(FileJournal.in(Path.of(arguments[0])))
            .with(new ToyStrategy.World(new ToyAws()))
            .approval(Approvals.before(Phase.CUTOVER, r -> hold()))
            .build();
    System.out.println("ready");
    System.in.read();
    try {
      System.out.println(runner.resume(new RunId(arguments[1])).status());
    } catch (RunInUseException e) {
      System.out.println("in use");
    }
  }

  private static Approval hold() {
    System.out.println("executing");
    try {
      return Approval.denied("bytes left: " + System.in.read());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process child(RunId run) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path")
                + File.pathSeparator
                + System.getProperty("surefire.test.class.path", ""),
            TwoProcessesTest.class.getName(),
            directory.toString(),
            run.value())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @Test
  void resume_inTwoProcessesAtOnce_isGrantedToOne() throws Exception {
    RotationPlan plan = ToyStrategy.plan();
    RotationRunner.builder()
        .journal(FileJournal.in(directory))
        .with(new ToyStrategy.World(new ToyAws()))
        .build()
        .run(plan);
    List<Process> children = List.of(child(plan.runId()), child(plan.runId()));
    List<BufferedReader> outputs = new ArrayList<>();
    try {
      for (Process child : children) {
        outputs.add(child.inputReader(StandardCharsets.UTF_8));
      }
      for (BufferedReader output : outputs) {
        assertThat(output.readLine()).isEqualTo("ready");
      }
      for (Process child : children) {
        child.getOutputStream().write('!');
        child.getOutputStream().flush();
      }
      List<String> said = new ArrayList<>();
      for (BufferedReader output : outputs) {
        said.add(output.readLine());
      }
      assertThat(said).containsExactlyInAnyOrder("executing", "in use");

      Process owner = children.get(said.indexOf("executing"));
      owner.getOutputStream().close();
      assertThat(outputs.get(said.indexOf("executing")).readLine()).isEqualTo("AWAITING_APPROVAL");
      assertThat(owner.waitFor()).isZero();
    } finally {
      children.forEach(Process::destroyForcibly);
    }
  }
}
