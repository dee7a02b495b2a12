package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import java.util.List;
import java.util.Map;

/**
 * The credit option of burstable instances.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceCreditSpecifications.html">
 *     DescribeInstanceCreditSpecifications</a>
 */
final class CreditOperations {

  private final Ec2Store store;

  CreditOperations(Ec2Store store) {
    this.store = store;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "DescribeInstanceCreditSpecifications", Ec2Rules.read(this::describe, "InstanceId"));
  }

  private Map<String, Object> describe(AwsRequest request) {
    List<Map<String, Object>> told =
        Ec2Rules.requiredTexts(request.params(), "InstanceId").stream()
            .map(id -> credits(store.instance(request.region(), id)))
            .toList();
    return Map.of("instanceCreditSpecificationSet", Ec2Rules.items(told));
  }

  private static Map<String, Object> credits(Instance instance) {
    if (!instance.type.isBurstable()) {
      throw AwsError.badRequest(
          "InvalidInstanceID.NotBurstable",
          "The instance " + instance.id + " is not a burstable performance instance.");
    }
    return Map.of("instanceId", instance.id, "cpuCredits", instance.cpuCredits);
  }
}
