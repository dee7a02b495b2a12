package io.github.kmsrotation.s3;

import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.s3.Finding.Verdict;
import io.github.kmsrotation.s3.JobReport.File;
import io.github.kmsrotation.s3.JobReport.Rows;
import io.github.kmsrotation.s3.JobSpec.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.s3control.model.JobDescriptor;
import software.amazon.awssdk.services.s3control.model.JobStatus;

/**
 * What came of jobs that have ended. Each object whose task failed is looked at, to see whether it
 * cannot be moved for what it is, or could be by another attempt; a piece of a report at each look.
 */
final class JobResults {

  private static final String JOB = "read.job";
  private static final String FILE = "read.file";
  private static final String AT = "read.at";
  private static final String REPORTED = "reportBytes";
  private static final String AGAIN = "again.";
  private static final String PROBLEM = "problem.";
  private static final String CYCLE = "cycle";
  private static final String SUCCEEDED = "tasksSucceeded";
  private static final Duration AT_ONCE = Duration.ofMillis(1);
  private static final Duration AS_LONG_AS_IT_TAKES = Duration.ofDays(3650);

  private final S3Step.Env env;
  private final BatchPlan batch;
  private final StepContext context;
  private final List<RunningJob> jobs;
  private final Map<RunningJob, JobDescriptor> seen;

  JobResults(
      S3Step.Env env,
      BatchPlan batch,
      StepContext context,
      List<RunningJob> jobs,
      Map<RunningJob, JobDescriptor> seen) {
    this.env = env;
    this.batch = batch;
    this.context = context;
    this.jobs = jobs;
    this.seen = seen;
  }

  StepOutcome advance(Facts noted) {
    Map<String, String> state = new TreeMap<>(noted.values());
    int place = (int) number(state, JOB);
    if (place == jobs.size()) {
      return finish(state);
    }
    RunningJob job = jobs.get(place);
    Optional<JobDescriptor> end = Optional.ofNullable(seen.get(job));
    if (end.filter(e -> e.status() == JobStatus.COMPLETE).isEmpty()) {
      problem(
          state,
          job,
          end.map(e -> "is " + e.statusAsString() + ", " + Jobs.reasons(e))
              .orElse("is not there any more"));
      return next(state, place, 0);
    }
    JobProgress progress = JobProgress.of(end.get());
    if (progress.failed() == 0) {
      return next(state, place, progress.succeeded());
    }
    JobReport report = new JobReport(context, env, batch, job.id());
    Optional<List<File>> files = report.failures();
    if (files.isEmpty()) {
      problem(
          state,
          job,
          "has "
              + progress.failed()
              + " tasks that failed, and its report is not in "
              + batch.bucket());
      return next(state, place, 0);
    }
    int file = (int) number(state, FILE);
    if (file == files.get().size()) {
      return next(state, place, progress.succeeded());
    }
    read(state, job, report, files.get().get(file));
    return looked(state, "tasks that failed are looked at, of job " + job.id());
  }

  private void read(Map<String, String> state, RunningJob job, JobReport report, File file) {
    long from = number(state, AT);
    if (from == 0) {
      report.requireUnchanged(file);
    }
    Rows rows = report.rows(file, from);
    Tally tally = Tally.of(Facts.of(state));
    ObjectReport left = ObjectReport.of(env, "objects");
    List<Finding> findings = look(rows.tasks());
    for (int i = 0; i < findings.size(); i++) {
      tally.add(rows.tasks().get(i).version(), findings.get(i));
      left.add(rows.tasks().get(i).version(), findings.get(i));
    }
    state.put(REPORTED, Long.toString(left.flush(number(state, REPORTED))));
    state.putAll(tally.toFacts());
    if (rows.next().isPresent()) {
      state.put(AT, Long.toString(rows.next().get()));
      return;
    }
    state.remove(AT);
    state.put(FILE, Long.toString(number(state, FILE) + 1));
    again(
        state,
        JobSpec.listed(
            Source.FAILED_TASKS,
            new JobRequests(env, batch).objectArn(file.key()),
            file.etag(),
            job.spec().hasVersions(),
            job.spec().withBucketKey()));
  }

  private List<Finding> look(List<FailedTask> tasks) {
    Pace pace = new Pace(env.options().concurrency());
    Reencryption reencryption = new Reencryption(env, pace, context.clock().instant());
    Finding[] findings = new Finding[tasks.size()];
    env.workers()
        .each(
            IntStream.range(0, findings.length).boxed().toList(),
            i -> findings[i] = verdict(tasks.get(i), reencryption.look(tasks.get(i).version())));
    return List.of(findings);
  }

  /** What could be moved was not for what AWS told then. */
  private static Finding verdict(FailedTask task, Finding now) {
    if (now.verdict() == Verdict.TO_MOVE) {
      return new Finding(Verdict.FAILED, task.error());
    }
    return now.verdict() == Verdict.FAILED && task.isOfDeleteMarker()
        ? new Finding(Verdict.GONE, "a delete marker")
        : now;
  }

  private StepOutcome next(Map<String, String> state, int place, long succeeded) {
    state.put(JOB, Integer.toString(place + 1));
    state.put(SUCCEEDED, Long.toString(number(state, SUCCEEDED) + succeeded));
    state.remove(FILE);
    state.remove(AT);
    return looked(state, "job " + jobs.get(place).id() + " was looked at");
  }

  private StepOutcome looked(Map<String, String> state, String what) {
    context.checkpoint(Facts.of(state));
    return StepOutcome.waiting(
        new Condition(
            "s3:JobReportsRead", env.plan().targetId(), what, AT_ONCE, AS_LONG_AS_IT_TAKES));
  }

  private static void problem(Map<String, String> state, RunningJob job, String what) {
    state.put(PROBLEM + count(state, PROBLEM), "Job " + job.id() + " " + what);
    again(state, job.spec());
  }

  private static void again(Map<String, String> state, JobSpec spec) {
    state.put(AGAIN + count(state, AGAIN), spec.format());
  }

  private static String count(Map<String, String> state, String prefix) {
    return String.format(
        "%03d", state.keySet().stream().filter(key -> key.startsWith(prefix)).count());
  }

  private static List<String> all(Map<String, String> state, String prefix) {
    List<String> values = new ArrayList<>();
    state.forEach(
        (key, value) -> {
          if (key.startsWith(prefix)) {
            values.add(value);
          }
        });
    return values;
  }

  private static long number(Map<String, String> state, String name) {
    return Long.parseLong(state.getOrDefault(name, "0"));
  }

  /**
   * All that failed goes into further jobs together, so that what is counted is of the last ones.
   */
  private StepOutcome finish(Map<String, String> state) {
    Tally tally = Tally.of(Facts.of(state));
    long failed = tally.count(Verdict.FAILED);
    List<String> problems = all(state, PROBLEM);
    boolean goesOn =
        problems.isEmpty() && (failed == 0 || env.options().isLeavingObjectsAccepted());
    if (goesOn) {
      Map<String, String> facts = tally.toFacts();
      facts.put(SUCCEEDED, Long.toString(number(state, SUCCEEDED)));
      facts.put("jobs", String.join(", ", jobs.stream().map(RunningJob::id).toList()));
      ObjectReport.of(env, "objects")
          .file()
          .filter(file -> tally.reported() > 0)
          .ifPresent(file -> facts.put("report", file.toString()));
      return StepOutcome.done(Facts.of(facts));
    }
    context.checkpoint(Facts.of(furtherJobs(state)));
    return blocked(tally, failed, problems);
  }

  private static Map<String, String> furtherJobs(Map<String, String> state) {
    long cycle = number(state, CYCLE) + 1;
    Map<String, String> next = new TreeMap<>();
    next.put(CYCLE, Long.toString(cycle));
    next.put(SUCCEEDED, Long.toString(number(state, SUCCEEDED)));
    List<String> specs = all(state, AGAIN);
    for (int i = 0; i < specs.size(); i++) {
      String name = "again-" + cycle + "-" + i;
      next.putAll(new RunningJob("", name, JobSpec.parse(specs.get(i))).toFacts(i));
    }
    return next;
  }

  private static StepOutcome blocked(Tally tally, long failed, List<String> problems) {
    List<String> reasons = new ArrayList<>(problems);
    if (failed > 0) {
      reasons.add(
          "AWS refused "
              + failed
              + " objects. The first that were not moved: "
              + String.join("; ", tally.named()));
    }
    return StepOutcome.blocked(
        String.join(". ", reasons) + ".",
        "Mend what AWS says and resume: another job is made for them."
            + (failed > 0
                ? " Or go on without them: S3Options.iAcceptThatSomeObjectsStay()."
                : " What was moved stays moved."));
  }
}
