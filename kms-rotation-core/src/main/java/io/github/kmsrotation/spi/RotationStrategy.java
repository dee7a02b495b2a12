package io.github.kmsrotation.spi;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.target.Target;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Rotates one kind of target. Found with {@link java.util.ServiceLoader}, so an implementation has
 * a public constructor without parameters. Safe for use by several threads.
 *
 * @param <T> the target
 */
public interface RotationStrategy<T extends Target> {

  /**
   * The kind of target.
   *
   * @return the value of {@link Target#kind()}
   */
  String kind();

  /**
   * Makes a plan with calls that change nothing.
   *
   * @param request what is asked for
   * @return the plan
   * @throws io.github.kmsrotation.plan.PlanningException with every problem that was found
   */
  RotationPlan plan(PlanRequest<T> request);

  /**
   * Binds a plan, new or stored, to clients and hooks.
   *
   * @param plan the plan
   * @param options what the caller gave, or empty for the defaults
   * @return live steps in the order of the plan's descriptions; closing it closes the clients that
   *     were made for it and none that the caller gave
   * @throws io.github.kmsrotation.error.MissingOptionException if the plan needs a hook that was
   *     not given
   */
  BoundSteps bind(RotationPlan plan, Optional<StrategyOptions<?>> options);

  /**
   * What the runs of a plan change. Two runs of one journal never have one of these at the same
   * time. By default the target alone.
   *
   * @param plan the plan
   * @return names that are equal if and only if the resources are the same, for example ARNs
   */
  default Set<String> resources(RotationPlan plan) {
    return Set.of(
        plan.kind() + " " + plan.accountId() + " " + plan.region() + " " + plan.targetId());
  }

  /**
   * The places of AWS's quotas that a run takes while a step lasts, and keeps where the next step
   * has the same ones. A fleet begins no more steps than there are places. By default none.
   *
   * @param plan the plan
   * @param step one of its steps
   * @return how many places of which quota, 1 or more
   */
  default Map<AwsQuota, Integer> quotas(RotationPlan plan, StepDescription step) {
    return Map.of();
  }

  /**
   * Finds and removes what earlier runs made and left. By default there is never anything.
   *
   * @param options what the caller gave, or empty for the defaults
   * @return what looks; closing it closes the clients that were made for it
   */
  default Leftovers leftovers(Optional<StrategyOptions<?>> options) {
    return Leftovers.none();
  }

  /**
   * Live steps and what they hold.
   *
   * @param steps the steps
   * @param closer closes what was made for the steps; called once when the run stops. What it
   *     throws is told in the report and changes nothing else
   */
  record BoundSteps(List<Step> steps, Runnable closer) {
    /** Copies the steps. */
    public BoundSteps {
      steps = List.copyOf(steps);
    }

    /**
     * Makes steps for which something was made before, such as clients.
     *
     * @param steps makes them; what it throws is thrown, after {@code closer} was called
     * @param closer as above
     * @return both
     */
    public static BoundSteps of(Supplier<List<Step>> steps, Runnable closer) {
      try {
        return new BoundSteps(steps.get(), closer);
      } catch (RuntimeException | Error e) {
        closer.run();
        throw e;
      }
    }
  }
}
