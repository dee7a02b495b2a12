package io.github.kmsrotation.fleet;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Plans, and runs that were begun, to be executed together: a run of runs, with an id of its own.
 * They belong to waves; a wave begins when every run of the one before has ended and somebody has
 * approved it. A plan whose run was begun before is gone on with. Immutable.
 */
public final class Fleet {

  /** One of a fleet's runs. */
  record Member(RunId runId, Optional<RotationPlan> plan) {}

  private final RunId id;
  private final List<List<Member>> waves;

  private Fleet(RunId id, List<List<Member>> waves) {
    this.id = id;
    this.waves = waves.stream().map(List::copyOf).toList();
    Set<RunId> runs = new HashSet<>();
    for (Member member : members()) {
      if (!runs.add(member.runId())) {
        throw new IllegalArgumentException("Run " + member.runId() + " is in the fleet twice");
      }
    }
    if (runs.isEmpty()) {
      throw new IllegalArgumentException("A fleet needs at least one plan or run");
    }
  }

  static Fleet of(RunId id, List<List<Member>> waves) {
    return new Fleet(id, waves);
  }

  /**
   * A fleet of one wave.
   *
   * @param plans the plans, in the order in which they are begun
   * @return the fleet
   * @throws IllegalArgumentException if there is none, or one of them is there twice
   */
  public static Fleet of(List<RotationPlan> plans) {
    return builder().wave(plans).build();
  }

  /**
   * A fleet of one wave of runs that were begun before, by whomever.
   *
   * @param runs the runs, in the order in which they are gone on with
   * @return the fleet
   * @throws IllegalArgumentException if there is none, or one of them is there twice
   */
  public static Fleet ofRuns(List<RunId> runs) {
    return builder().waveOfRuns(runs).build();
  }

  /**
   * A new builder.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The fleet's identity, under which the journal remembers it.
   *
   * @return its id
   */
  public RunId id() {
    return id;
  }

  /**
   * All its runs.
   *
   * @return their ids, in order
   */
  public List<RunId> runIds() {
    return members().stream().map(Member::runId).toList();
  }

  List<List<Member>> waves() {
    return waves;
  }

  private List<Member> members() {
    return waves.stream().flatMap(List::stream).toList();
  }

  @Override
  public String toString() {
    return "Fleet[" + id + ", " + members().size() + " runs in " + waves.size() + " waves]";
  }

  /** Builds a fleet. Not safe for use by several threads. */
  public static final class Builder {

    private final List<List<Member>> waves = new ArrayList<>();

    private Builder() {}

    /**
     * Adds a wave after those that were added before; the first one is the canary. An empty wave
     * counts: the next one still has to be approved.
     *
     * @param plans the plans, in the order in which they are begun
     * @return this builder
     */
    public Builder wave(List<RotationPlan> plans) {
      waves.add(plans.stream().map(plan -> new Member(plan.runId(), Optional.of(plan))).toList());
      return this;
    }

    /**
     * Adds a wave of runs that were begun before.
     *
     * @param runs the runs, in the order in which they are gone on with
     * @return this builder
     */
    public Builder waveOfRuns(List<RunId> runs) {
      waves.add(
          runs.stream()
              .map(run -> new Member(Objects.requireNonNull(run, "run"), Optional.empty()))
              .toList());
      return this;
    }

    /**
     * Builds.
     *
     * @return the fleet, with a new id
     * @throws IllegalArgumentException if it has no run, or one of them twice
     */
    public Fleet build() {
      return new Fleet(RunId.random(), waves);
    }
  }
}
