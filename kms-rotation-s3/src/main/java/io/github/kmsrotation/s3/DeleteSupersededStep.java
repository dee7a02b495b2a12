package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Deletes the versions that this run's copies took the place of, each only if its copy is seen to
 * be there and equal. In the plan only where the caller asked for it.
 */
final class DeleteSupersededStep extends S3Step {

  static final String ID = "delete-superseded";

  private static final String DELETE = "s3:DeleteObjectVersion";
  private static final int BATCH = 1_000;
  private static final Duration AT_ONCE = Duration.ofMillis(1);
  private static final Duration AS_LONG_AS_IT_TAKES = Duration.ofDays(3650);

  private final Pace pace;
  private final Optional<SupersededFile> file;

  DeleteSupersededStep(Env env, Optional<SupersededFile> file) {
    super(
        new StepDescription(
            ID,
            "Delete each version that a copy of this run took the place of, by its version id, if"
                + " the copy is there under the new key with the same size and checksum",
            Phase.RETIRE,
            List.of(DELETE),
            List.of(),
            Undo.IRREVERSIBLE),
        env);
    this.pace = new Pace(env.options().concurrency());
    this.file = file;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Facts noted = context.lastCheckpoint();
    Tally tally = Tally.of(noted);
    ObjectReport report = ObjectReport.of(env, "superseded-kept");
    long from = Long.parseLong(noted.find("from").orElse("0"));
    SupersededFile.Stretch stretch = file.orElseThrow().read(from, BATCH);
    List<Superseded> lines = stretch.lines();
    if (!lines.isEmpty()) {
      Supersession supersession = new Supersession(env, pace, context.clock().instant());
      Finding[] findings = new Finding[lines.size()];
      List<Integer> places = IntStream.range(0, lines.size()).boxed().toList();
      context.mutate(
          DELETE,
          env.plan().targetId() + ", superseded from " + from,
          () -> {
            env.workers().each(places, i -> findings[i] = supersession.deleteIfEqual(lines.get(i)));
            return findings;
          });
      for (int i = 0; i < lines.size(); i++) {
        VersionRef version = new VersionRef(lines.get(i).key(), lines.get(i).former(), false, 0);
        tally.add(version, findings[i]);
        report.add(version, findings[i]);
      }
    }
    long reported = report.flush(Long.parseLong(noted.find("reportBytes").orElse("0")));
    if (stretch.end() == from) {
      return SweepStep.moved(context, env, tally, report);
    }
    Map<String, String> progress = tally.toFacts();
    progress.put("from", Long.toString(stretch.end()));
    progress.put("reportBytes", Long.toString(reported));
    context.checkpoint(Facts.of(progress));
    return StepOutcome.waiting(
        new Condition(
            "s3:SupersededVersionsSeen",
            env.plan().targetId(),
            String.format("%,d superseded versions seen", tally.all()),
            AT_ONCE,
            AS_LONG_AS_IT_TAKES));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    throw new IllegalStateException("RETIRE cannot be undone");
  }
}
