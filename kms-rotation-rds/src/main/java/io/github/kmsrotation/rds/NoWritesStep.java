package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.Evidence;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.rds.data.DataVerifier;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Checks once more, right before the cutover, that no write got into the original in spite of the
 * freeze: the approval for the cutover may have taken hours.
 */
final class NoWritesStep implements Step {

  static final String ID = "check-no-writes";

  /** The fact that tells what the original held at the cutover. */
  static final String CONTENT = "contentAtCutover";

  private final ComparisonStep check;

  NoWritesStep(RdsStep.Env env, DataVerifier verifier) {
    check =
        new ComparisonStep(
            ID,
            "Compare the data once more: did a write get in since the freeze?",
            Phase.CUTOVER,
            env,
            new DataComparison(env, verifier));
  }

  @Override
  public StepDescription description() {
    return check.description();
  }

  @Override
  public StepOutcome advance(StepContext context) {
    StepOutcome outcome = check.advance(context);
    if (outcome instanceof StepOutcome.Blocked blocked) {
      return new StepOutcome.Blocked(
          "Something wrote to the original after the DB snapshot, although writers were frozen. "
              + blocked.reason(),
          "Find the writer. This run cannot carry the write over: roll back and make a new plan.",
          blocked.evidence());
    }
    return outcome instanceof StepOutcome.Done done
        ? new StepOutcome.Done(Facts.of(Map.of(CONTENT, content(done.evidence()))), done.evidence())
        : outcome;
  }

  /** What a comparison saw of the original, in one line. */
  static String content(List<Evidence> evidence) {
    MessageDigest sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
    evidence.stream()
        .map(e -> e.subject() + "=" + e.expected() + "\n")
        .sorted()
        .forEach(line -> sha256.update(line.getBytes(StandardCharsets.UTF_8)));
    return HexFormat.of().formatHex(sha256.digest());
  }

  @Override
  public StepOutcome undo(StepContext context) {
    return check.undo(context);
  }
}
