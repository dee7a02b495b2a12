package io.github.kmsrotation.plan;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What will be done, as data: it prints as text and as JSON, can be stored, and is read back by a
 * later process. It holds no client, no hook and no secret. Immutable and safe for use by several
 * threads.
 */
public final class RotationPlan {

  /** The version of the JSON form that this library writes and reads. */
  public static final int FORMAT_VERSION = 1;

  /** The {@link #reason()} of a plan that retires a key. */
  public static final String KEY_RETIREMENT = "KEY_RETIREMENT";

  private final RunId runId;
  private final String kind;
  private final String targetId;
  private final String region;
  private final String accountId;
  private final Instant createdAt;
  private final String reason;
  private final Optional<String> currentKeyArn;
  private final Optional<String> targetKeyArn;
  private final List<String> rationale;
  private final List<Notice> warnings;
  private final List<StepDescription> steps;
  private final SortedMap<String, String> attributes;

  private RotationPlan(Builder builder) {
    this.runId = builder.runId;
    this.kind = required(builder.kind, "kind");
    this.targetId = required(builder.targetId, "targetId");
    this.region = required(builder.region, "region");
    this.accountId = required(builder.accountId, "accountId");
    this.createdAt = builder.createdAt;
    this.reason = required(builder.reason, "reason");
    this.currentKeyArn = builder.currentKeyArn;
    this.targetKeyArn = builder.targetKeyArn;
    this.rationale = List.copyOf(builder.rationale);
    this.warnings = List.copyOf(builder.warnings);
    this.steps = List.copyOf(builder.steps);
    this.attributes = Collections.unmodifiableSortedMap(new TreeMap<>(builder.attributes));
    checkSteps();
  }

  private static String required(String value, String name) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("A plan needs a " + name);
    }
    return value;
  }

  private void checkSteps() {
    Set<String> ids = new HashSet<>();
    Set<Phase> phases = EnumSet.noneOf(Phase.class);
    Phase latest = Phase.PREPARE;
    for (StepDescription step : steps) {
      if (!ids.add(step.id())) {
        throw new IllegalArgumentException("Two steps are called '" + step.id() + "'");
      }
      if (step.phase().compareTo(latest) < 0) {
        throw new IllegalArgumentException(
            "Step '" + step.id() + "' of " + step.phase() + " stands after a step of " + latest);
      }
      latest = step.phase();
      phases.add(latest);
    }
    if (phases.contains(Phase.RETIRE) && !phases.contains(Phase.VERIFY)) {
      throw new IllegalArgumentException("A plan that retires something has to verify first");
    }
  }

  /**
   * A new builder.
   *
   * @param runId the run that this plan is for
   * @param createdAt when it was made
   * @return a builder
   */
  public static Builder builder(RunId runId, Instant createdAt) {
    return new Builder(runId, createdAt);
  }

  /**
   * Reads the form that {@link #toJson} writes.
   *
   * @param json the text
   * @return the plan
   * @throws PlanVersionException if it is of another format than {@link #FORMAT_VERSION}, or names
   *     a phase or an undo that this version does not know
   * @throws IllegalArgumentException if it is not a plan
   */
  public static RotationPlan fromJson(String json) {
    return PlanJson.read(json);
  }

  /**
   * The plan as JSON.
   *
   * @return one JSON object, on several lines
   */
  public String toJson() {
    return PlanJson.write(this);
  }

  /**
   * The plan in words: the decision and why, every step with what it calls and makes, what only
   * rolling it back calls, and whether it can be undone, and every warning.
   *
   * @return several lines of text
   */
  public String describe() {
    return PlanText.of(this);
  }

  /**
   * As {@link #describe()}, with the steps of one phase only, which keep their numbers.
   *
   * @param phase the phase
   * @return several lines of text
   */
  public String describe(Phase phase) {
    return PlanText.of(this, step -> step.phase() == phase);
  }

  /**
   * The run that this plan is for. A plan is run once.
   *
   * @return its id
   */
  public RunId runId() {
    return runId;
  }

  /**
   * The kind of target, which names the strategy.
   *
   * @return for example {@code rds}
   */
  public String kind() {
    return kind;
  }

  /**
   * What is rotated.
   *
   * @return the resource's own name
   */
  public String targetId() {
    return targetId;
  }

  /**
   * Where it is.
   *
   * @return the AWS Region
   */
  public String region() {
    return region;
  }

  /**
   * Whose it is.
   *
   * @return the account's twelve digits
   */
  public String accountId() {
    return accountId;
  }

  /**
   * When the plan was made.
   *
   * @return the time of planning
   */
  public Instant createdAt() {
    return createdAt;
  }

  /**
   * Why the key is rotated.
   *
   * @return the name of a {@code RotationReason}, or {@link #KEY_RETIREMENT}
   */
  public String reason() {
    return reason;
  }

  /**
   * The KMS key that the target has now.
   *
   * @return its ARN, or empty if the target is not encrypted
   */
  public Optional<String> currentKeyArn() {
    return currentKeyArn;
  }

  /**
   * The KMS key that the target will have.
   *
   * @return its ARN; empty if the run makes the key, or retires the one there is
   */
  public Optional<String> targetKeyArn() {
    return targetKeyArn;
  }

  /**
   * The policy's decision in words that an auditor can read.
   *
   * @return one sentence or more
   */
  public List<String> rationale() {
    return rationale;
  }

  /**
   * What a person should know before running the plan, such as what cannot be carried over.
   *
   * @return the warnings, possibly none
   */
  public List<Notice> warnings() {
    return warnings;
  }

  /**
   * The steps in their order.
   *
   * @return descriptions
   */
  public List<StepDescription> steps() {
    return steps;
  }

  /**
   * What the strategy noted for itself when planning.
   *
   * @return names and values, never secret
   */
  public SortedMap<String, String> attributes() {
    return attributes;
  }

  /**
   * One attribute that the strategy always notes.
   *
   * @param name its name
   * @return its value
   * @throws IllegalArgumentException if the plan does not hold it
   */
  public String attribute(String name) {
    String value = attributes.get(name);
    if (value == null) {
      throw new IllegalArgumentException("Plan " + runId + " lacks the attribute '" + name + "'");
    }
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RotationPlan that && toJson().equals(that.toJson());
  }

  @Override
  public int hashCode() {
    return runId.hashCode();
  }

  @Override
  public String toString() {
    return "RotationPlan["
        + runId
        + ", "
        + kind
        + " "
        + targetId
        + " to "
        + targetKeyArn.orElse(reason.equals(KEY_RETIREMENT) ? "no key" : "a new key")
        + "]";
  }

  /** Builds a plan. Not safe for use by several threads. */
  public static final class Builder {

    private final RunId runId;
    private final Instant createdAt;
    private String kind = "";
    private String targetId = "";
    private String region = "";
    private String accountId = "";
    private String reason = "";
    private Optional<String> currentKeyArn = Optional.empty();
    private Optional<String> targetKeyArn = Optional.empty();
    private List<String> rationale = List.of();
    private List<Notice> warnings = List.of();
    private List<StepDescription> steps = List.of();
    private SortedMap<String, String> attributes = new TreeMap<>();

    private Builder(RunId runId, Instant createdAt) {
      this.runId = Objects.requireNonNull(runId, "runId");
      this.createdAt = Objects.requireNonNull(createdAt, "createdAt");
    }

    /**
     * Required: what is rotated.
     *
     * @param kind the kind of target
     * @param targetId its own name
     * @return this builder
     */
    public Builder target(String kind, String targetId) {
      this.kind = kind;
      this.targetId = targetId;
      return this;
    }

    /**
     * Required: where the target is and whose it is.
     *
     * @param region the AWS Region
     * @param accountId the account's twelve digits
     * @return this builder
     */
    public Builder place(String region, String accountId) {
      this.region = region;
      this.accountId = accountId;
      return this;
    }

    /**
     * Required: why, from which key, and to which.
     *
     * @param reason the name of a {@code RotationReason}, or {@link #KEY_RETIREMENT}
     * @param currentKeyArn the key of today, or empty
     * @param targetKeyArn the key to be, or empty if the run makes it or there is none
     * @return this builder
     */
    public Builder keys(
        String reason, Optional<String> currentKeyArn, Optional<String> targetKeyArn) {
      this.reason = reason;
      this.currentKeyArn = currentKeyArn;
      this.targetKeyArn = targetKeyArn;
      return this;
    }

    /**
     * The policy's decision in words. None by default.
     *
     * @param rationale sentences
     * @return this builder
     */
    public Builder rationale(List<String> rationale) {
      this.rationale = rationale;
      return this;
    }

    /**
     * What a person should know. None by default.
     *
     * @param warnings the warnings
     * @return this builder
     */
    public Builder warnings(List<Notice> warnings) {
      this.warnings = warnings;
      return this;
    }

    /**
     * The steps in the order of their phases. None by default.
     *
     * @param steps descriptions
     * @return this builder
     */
    public Builder steps(List<StepDescription> steps) {
      this.steps = steps;
      return this;
    }

    /**
     * What the strategy wants to find again. None by default.
     *
     * @param attributes names and values, never secret
     * @return this builder
     */
    public Builder attributes(SortedMap<String, String> attributes) {
      this.attributes = attributes;
      return this;
    }

    /**
     * Builds.
     *
     * @return the plan
     * @throws IllegalArgumentException if something required is missing, two steps have one id, the
     *     phases are out of order, or a plan that retires does not verify
     */
    public RotationPlan build() {
      return new RotationPlan(this);
    }
  }
}
