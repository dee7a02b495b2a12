package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.plan.StepContext;
import java.util.List;
import java.util.Optional;

/**
 * How traffic gets to an instance, and no longer to another: the caller's own means, such as a
 * service registry or DNS, or {@link TargetGroupSwitch}. The same two methods serve forward, where
 * the new instance comes in before the original goes out, and when a run is rolled back.
 *
 * <p>Both methods are called again and again, in another process too, until they return nothing, so
 * they must look first and be harmless when there is nothing to do. They are called on the runner's
 * thread and should return soon. An exception stops the run, which can be resumed or rolled back.
 */
public interface TrafficSwitch {

  /**
   * Brings an instance into service.
   *
   * @param instanceId a running instance: the new one, or when rolled back the original
   * @param context journals calls to AWS that change something, if they are made with it
   * @return what is still missing, for people; empty once the instance gets traffic and is healthy
   */
  Optional<String> rotateIn(String instanceId, StepContext context);

  /**
   * Takes an instance out of service.
   *
   * @param instanceId the original, which may be stopped, or when rolled back the new instance
   * @param context journals calls to AWS that change something, if they are made with it
   * @return what is still under way, for people; empty once the instance gets no traffic and what
   *     it had begun is over
   */
  Optional<String> rotateOut(String instanceId, StepContext context);

  /**
   * What stands in the way of switching, looked at when a plan is made.
   *
   * @param instanceId the original
   * @param reader makes calls that change nothing
   * @return what is the matter and what to do about it; empty, as by default, if nothing is
   */
  default Optional<String> obstacle(String instanceId, AwsReader reader) {
    return Optional.empty();
  }

  /**
   * What it sends with {@link StepContext#mutate}, which takes nothing else.
   *
   * @return IAM actions; none by default
   */
  default List<String> calls() {
    return List.of();
  }

  /**
   * Whether it moves the original's Elastic IP addresses. Otherwise an instance that has one is not
   * replaced.
   *
   * @return false by default
   */
  default boolean movesElasticIp() {
    return false;
  }
}
