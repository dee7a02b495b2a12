package io.github.kmsrotation.fleet;

import java.util.HashMap;
import java.util.Map;

/**
 * How many runs of a fleet are in flight: begun and not ended, whether they work, wait, or stand
 * before an approval or a maintenance window. Immutable. Defaults:
 *
 * <ul>
 *   <li>100 at all: with {@code FileJournal} a run in flight holds two open files, and 1,024 is a
 *       common limit for a process.
 *   <li>20 per account and Region: what RDS copies at a time from one Region to another.
 *   <li>no limit of its own for a kind of plan.
 * </ul>
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html">Copying
 *     a DB snapshot</a>
 */
public final class FleetLimits {

  private final int inFlight;
  private final int perRegion;
  private final Map<String, Integer> regions;
  private final Map<String, Integer> kinds;

  private FleetLimits(Builder builder) {
    this.inFlight = builder.inFlight;
    this.perRegion = builder.perRegion;
    this.regions = Map.copyOf(builder.regions);
    this.kinds = Map.copyOf(builder.kinds);
  }

  /**
   * The defaults of the class description.
   *
   * @return limits
   */
  public static FleetLimits ofDefaults() {
    return builder().build();
  }

  /**
   * A new builder with the defaults.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  int inFlight() {
    return inFlight;
  }

  int inRegion(String region) {
    return regions.getOrDefault(region, perRegion);
  }

  int ofKind(String kind) {
    return kinds.getOrDefault(kind, inFlight);
  }

  /** Builds limits. Not safe for use by several threads. */
  public static final class Builder {

    private int inFlight = 100;
    private int perRegion = 20;
    private final Map<String, Integer> regions = new HashMap<>();
    private final Map<String, Integer> kinds = new HashMap<>();

    private Builder() {}

    /**
     * In flight at all.
     *
     * @param runs 1 or more
     * @return this builder
     * @throws IllegalArgumentException if less than 1
     */
    public Builder inFlight(int runs) {
      this.inFlight = atLeastOne(runs);
      return this;
    }

    /**
     * In flight in each Region of each account, for Regions without a limit of their own.
     *
     * @param runs 1 or more
     * @return this builder
     * @throws IllegalArgumentException if less than 1
     */
    public Builder inFlightPerRegion(int runs) {
      this.perRegion = atLeastOne(runs);
      return this;
    }

    /**
     * In flight in one Region of each account.
     *
     * @param region the Region, for example {@code eu-central-1}
     * @param runs 1 or more
     * @return this builder
     * @throws IllegalArgumentException if less than 1
     */
    public Builder inFlightInRegion(String region, int runs) {
      regions.put(region, atLeastOne(runs));
      return this;
    }

    /**
     * In flight of one kind of plan, in all Regions together.
     *
     * @param kind the kind of target, for example {@code rds}
     * @param runs 1 or more
     * @return this builder
     * @throws IllegalArgumentException if less than 1
     */
    public Builder inFlightOfKind(String kind, int runs) {
      kinds.put(kind, atLeastOne(runs));
      return this;
    }

    /**
     * Builds.
     *
     * @return the limits
     */
    public FleetLimits build() {
      return new FleetLimits(this);
    }

    private static int atLeastOne(int runs) {
      if (runs < 1) {
        throw new IllegalArgumentException("A limit must be 1 or more, was " + runs);
      }
      return runs;
    }
  }
}
