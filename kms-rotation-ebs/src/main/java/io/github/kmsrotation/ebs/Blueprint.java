package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsReader;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.DescribeInstanceAttributeResponse;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceAttributeName;
import software.amazon.awssdk.services.ec2.model.InstanceTypeInfo;

/**
 * All that EC2 tells of how an instance was launched and is set.
 *
 * @param instance as {@code DescribeInstances} shows it
 * @param type its type
 * @param userData as EC2 keeps it, in base64; empty if there is none
 * @param shutdownBehavior what shutting it down from within does
 * @param isProtectedFromTermination whether the API does not terminate it
 * @param isProtectedFromStop whether the API does not stop it
 * @param cpuCredits the credit option, where the type is burstable
 */
record Blueprint(
    Instance instance,
    InstanceTypeInfo type,
    String userData,
    String shutdownBehavior,
    boolean isProtectedFromTermination,
    boolean isProtectedFromStop,
    Optional<String> cpuCredits) {

  static Optional<Blueprint> read(Ec2 ec2, AwsReader reader, String instanceId) {
    return ec2.instance(reader, instanceId).map(instance -> read(ec2, reader, instance));
  }

  static Blueprint read(Ec2 ec2, AwsReader reader, Instance instance) {
    String id = instance.instanceId();
    InstanceTypeInfo type =
        reader.read(
            "ec2:DescribeInstanceTypes",
            () ->
                ec2.client()
                    .describeInstanceTypes(r -> r.instanceTypes(instance.instanceType()))
                    .instanceTypes()
                    .get(0));
    return new Blueprint(
        instance,
        type,
        text(ec2, reader, id, InstanceAttributeName.USER_DATA),
        text(ec2, reader, id, InstanceAttributeName.INSTANCE_INITIATED_SHUTDOWN_BEHAVIOR),
        isSet(ec2, reader, id, InstanceAttributeName.DISABLE_API_TERMINATION),
        isSet(ec2, reader, id, InstanceAttributeName.DISABLE_API_STOP),
        cpuCredits(ec2, reader, id, type));
  }

  private static DescribeInstanceAttributeResponse attribute(
      Ec2 ec2, AwsReader reader, String id, InstanceAttributeName name) {
    return reader.read(
        "ec2:DescribeInstanceAttribute",
        () -> ec2.client().describeInstanceAttribute(r -> r.instanceId(id).attribute(name)));
  }

  private static String text(Ec2 ec2, AwsReader reader, String id, InstanceAttributeName name) {
    DescribeInstanceAttributeResponse answer = attribute(ec2, reader, id, name);
    return name == InstanceAttributeName.USER_DATA
        ? Optional.ofNullable(answer.userData())
            .map(a -> VolumeAttribute.text(a.value()))
            .orElse("")
        : VolumeAttribute.text(answer.instanceInitiatedShutdownBehavior().value());
  }

  static boolean isSet(Ec2 ec2, AwsReader reader, String id, InstanceAttributeName name) {
    DescribeInstanceAttributeResponse answer = attribute(ec2, reader, id, name);
    return Boolean.TRUE.equals(
        name == InstanceAttributeName.DISABLE_API_STOP
            ? answer.disableApiStop().value()
            : answer.disableApiTermination().value());
  }

  /** Asked for of burstable instances only: of others EC2 refuses to tell. */
  private static Optional<String> cpuCredits(
      Ec2 ec2, AwsReader reader, String id, InstanceTypeInfo type) {
    if (!Boolean.TRUE.equals(type.burstablePerformanceSupported())) {
      return Optional.empty();
    }
    return reader
        .read(
            "ec2:DescribeInstanceCreditSpecifications",
            () ->
                ec2.client()
                    .describeInstanceCreditSpecifications(r -> r.instanceIds(List.of(id)))
                    .instanceCreditSpecifications())
        .stream()
        .map(credits -> credits.cpuCredits())
        .findFirst();
  }
}
