package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepOutcome;
import java.util.List;

/**
 * Copies what is on a volume to another on the same instance, with the operating system's own
 * tools. The run creates, attaches, detaches and deletes the volumes; what happens on the instance
 * is this one's. {@link SsmVolumeCopier} is ready-made. Safe for use by several threads.
 */
public interface VolumeCopier {

  /**
   * What there is to do on the instance, in this order; the last three undo or end the rest. Of a
   * {@link CopySurvey#WHOLE_DEVICE}, {@link Task#SWITCH} sees that the original is still as it was
   * when it was compared, after which the run detaches both and attaches the new one; {@link
   * Task#CHECK} is the run's.
   */
  enum Task {
    /** Makes the new volume ready to be copied to. The original serves. */
    PREPARE,
    /** Copies for the most part. The original serves. */
    COPY,
    /**
     * In the maintenance window: keeps the original from being written, copies what changed, and
     * compares both sides. Done only if they are the same, with evidence.
     */
    SYNCHRONISE,
    /** Puts the new volume in the original's place, now and at every start of the instance. */
    SWITCH,
    /** Sees that the new volume is in the original's place, and that the original is in no use. */
    CHECK,
    /** Undoes {@link #SYNCHRONISE} and {@link #SWITCH}: the original serves as before. */
    REVERT,
    /** Undoes {@link #PREPARE} and {@link #COPY}, which may still be under way. */
    WITHDRAW,
    /** After the original is gone: takes away what only a roll-back would have needed. */
    TIDY
  }

  /**
   * The IAM actions of the mutating calls that {@link #carryOut} makes through its context, for the
   * plan to name.
   *
   * @return for example {@code ssm:SendCommand}
   */
  List<String> calls();

  /**
   * Looks at a volume when the plan is made, and changes nothing.
   *
   * @param original the volume, which is attached to an instance that runs
   * @param reader for calls to AWS
   * @return what is in the way of copying it, and where it is used
   */
  CopySurvey survey(AttachedVolume original, AwsReader reader);

  /**
   * Brings a task on: looks how far it is, does what is missing, and says so. Called again and
   * again until it is done, also in another process after a crash, so that it has to be harmless to
   * repeat.
   *
   * @param task what to do
   * @param copy of what, to where
   * @param context for calls to AWS; mutating ones go through it
   * @return how far it is
   */
  StepOutcome carryOut(Task task, VolumeCopy copy, StepContext context);
}
