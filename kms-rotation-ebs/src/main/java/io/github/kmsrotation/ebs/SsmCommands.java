package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.aws.SentOnce;
import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.CommandFilter;
import software.amazon.awssdk.services.ssm.model.CommandFilterKey;
import software.amazon.awssdk.services.ssm.model.CommandInvocation;
import software.amazon.awssdk.services.ssm.model.GetCommandInvocationResponse;
import software.amazon.awssdk.services.ssm.model.SsmException;

/**
 * Has scripts run on instances. Run Command has no client token: a command whose answer was lost is
 * found by its comment, which has the run, the task, the volume and a number. Should it come late
 * all the same, after it was sent again, a lock on the instance has the two run one after another.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html">SendCommand</a>
 */
final class SsmCommands {

  static final String SEND = "ssm:SendCommand";

  private static final String DOCUMENT = "AWS-RunShellScript";
  private static final String LIST = "ssm:ListCommandInvocations";
  private static final String GET = "ssm:GetCommandInvocation";
  private static final Duration SETTLES_WITHIN = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofSeconds(5);

  /** How long the agent may take to fetch a command. */
  private static final Duration DELIVERY = Duration.ofMinutes(10);

  /** How much the runner's clock and AWS's may differ. */
  private static final Duration SKEW = Duration.ofHours(1);

  private static final int MOST_TEXT = 800;

  private final SsmClient client;

  SsmCommands(SsmClient client) {
    this.client = client;
  }

  SsmClient client() {
    return client;
  }

  /**
   * A script that a task runs.
   *
   * @param isAnew whether another process, or one that resumes, does not rely on its having run
   */
  record Job(
      String task, VolumeCopy copy, SsmScript script, Map<String, String> told, boolean isAnew) {

    Job(String task, VolumeCopy copy, SsmScript script, Map<String, String> told) {
      this(task, copy, script, told, false);
    }

    String instanceId() {
      return copy.original().instanceId();
    }

    String resource() {
      return task + " " + copy.original().volumeId();
    }

    String comment(StepContext context, int number) {
      return "kms-rotation " + context.runId() + " " + resource() + " " + number;
    }
  }

  StepOutcome run(StepContext context, Job job, Function<SsmOutput, StepOutcome> ended) {
    int sent = context.timesSent(SEND, job.resource());
    if (sent == 0) {
      return send(context, job, 1);
    }
    Instant last = context.lastSent(SEND, job.resource()).orElse(Instant.MIN);
    Optional<CommandInvocation> found = find(context, job, job.comment(context, sent), last);
    if (found.isEmpty()) {
      return context.wasSentWithin(SEND, job.resource(), SETTLES_WITHIN)
          ? waiting(job, "sent, not shown yet")
          : send(context, job, sent + 1);
    }
    boolean wasBlockedSince = last.isBefore(context.begunAt());
    switch (found.get().status()) {
      case PENDING, IN_PROGRESS, DELAYED, CANCELLING -> {
        return waiting(job, found.get().statusAsString());
      }
      case SUCCESS -> {
        return job.copy().isNewAttempt() && (wasBlockedSince || job.isAnew())
            ? send(context, job, sent + 1)
            : output(context, job, found.get())
                .map(answer -> ended.apply(SsmOutput.parse(answer.standardOutputContent())))
                .orElseGet(() -> waiting(job, "done, output not shown yet"));
      }
      default -> {
        return job.copy().isNewAttempt()
            ? send(context, job, sent + 1)
            : failed(context, job, found.get());
      }
    }
  }

  private Optional<CommandInvocation> find(
      AwsReader reader, Job job, String comment, Instant sentAt) {
    CommandFilter after =
        CommandFilter.builder()
            .key(CommandFilterKey.INVOKED_AFTER)
            .value(sentAt.minus(SKEW).truncatedTo(ChronoUnit.SECONDS).toString())
            .build();
    return reader.read(
        LIST,
        () ->
            client
                .listCommandInvocationsPaginator(r -> r.instanceId(job.instanceId()).filters(after))
                .commandInvocations()
                .stream()
                .filter(invocation -> comment.equals(invocation.comment()))
                .findFirst());
  }

  private StepOutcome send(StepContext context, Job job, int number) {
    String comment = job.comment(context, number);
    try {
      context.mutate(
          SEND,
          job.resource(),
          () ->
              client.sendCommand(
                  r ->
                      r.instanceIds(job.instanceId())
                          .documentName(DOCUMENT)
                          .comment(comment)
                          .timeoutSeconds((int) DELIVERY.toSeconds())
                          .parameters(parameters(job.script(), job.told()))
                          .overrideConfiguration(SentOnce.override())));
    } catch (SsmException e) {
      if (AwsFailure.errorCode(e).equals("InvalidInstanceId")) {
        return StepOutcome.blocked(
            "The SSM Agent of the instance "
                + job.instanceId()
                + " is not online, so that nothing can be done on it.",
            "See that the instance runs, and why its agent does not answer. Then resume, or roll"
                + " back.");
      }
      throw e;
    }
    return waiting(job, "just sent");
  }

  static Map<String, List<String>> parameters(SsmScript script, Map<String, String> told) {
    return Map.of(
        "commands", List.of(script.text(told)),
        "executionTimeout", List.of(Long.toString(script.timeout().toSeconds())));
  }

  private Optional<GetCommandInvocationResponse> output(
      AwsReader reader, Job job, CommandInvocation found) {
    return get(reader, job.instanceId(), found.commandId());
  }

  /** Empty while it is not shown. */
  Optional<GetCommandInvocationResponse> get(AwsReader reader, String instanceId, String id) {
    try {
      return Optional.of(
          reader.read(
              GET, () -> client.getCommandInvocation(r -> r.commandId(id).instanceId(instanceId))));
    } catch (SsmException e) {
      if (AwsFailure.errorCode(e).equals("InvocationDoesNotExist")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private StepOutcome failed(StepContext context, Job job, CommandInvocation found) {
    String said =
        output(context, job, found).map(answer -> answer.standardErrorContent().strip()).orElse("");
    return StepOutcome.blocked(
        "The command '"
            + job.task()
            + "' on the instance "
            + job.instanceId()
            + " ended as "
            + found.statusDetails()
            + (said.isEmpty() ? "." : ": " + said.substring(0, Math.min(MOST_TEXT, said.length()))),
        "Mend that and resume, or roll back, which has the original serve as before. The command is"
            + " "
            + found.commandId()
            + ".");
  }

  private static StepOutcome waiting(Job job, String seen) {
    return StepOutcome.waiting(
        new Condition(
            "ssm:CommandEnded",
            job.resource(),
            seen,
            POLL,
            job.script().timeout().plus(DELIVERY).plus(SKEW)));
  }
}
