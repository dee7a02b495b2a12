package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import java.util.Map;

/**
 * What the account encrypts by default, in a Region. A default key that cannot be used is taken, as
 * AWS looks at keys later.
 *
 * @see <a href="https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html">
 *     Encryption by default</a>
 */
final class EbsDefaultOperations {

  private final EbsKeys keys;

  EbsDefaultOperations(EbsKeys keys) {
    this.keys = keys;
  }

  void define(Map<String, Operation> operations) {
    operations.put("GetEbsDefaultKmsKeyId", Ec2Rules.read(this::answerKey));
    operations.put("ModifyEbsDefaultKmsKeyId", Ec2Rules.write(this::setKey, "KmsKeyId"));
    operations.put("ResetEbsDefaultKmsKeyId", Ec2Rules.write(this::resetKey));
    operations.put("GetEbsEncryptionByDefault", Ec2Rules.read(this::answerEncryption));
    operations.put("EnableEbsEncryptionByDefault", Ec2Rules.write(r -> setEncryption(r, true)));
    operations.put("DisableEbsEncryptionByDefault", Ec2Rules.write(r -> setEncryption(r, false)));
  }

  /** The AWS managed key is told by its alias until another one was the default. */
  private Map<String, Object> answerKey(AwsRequest request) {
    return Map.of("kmsKeyId", keys.defaultKey(request.region()));
  }

  private Map<String, Object> setKey(AwsRequest request) {
    String name = Ec2Rules.required(request.params(), "KmsKeyId");
    Ec2Rules.endDryRun(request);
    keys.setDefaultKey(request.region(), keys.arn(request.region(), name));
    return answerKey(request);
  }

  private Map<String, Object> resetKey(AwsRequest request) {
    Ec2Rules.endDryRun(request);
    keys.resetDefaultKey(request.region());
    return answerKey(request);
  }

  private Map<String, Object> answerEncryption(AwsRequest request) {
    return Map.of("ebsEncryptionByDefault", keys.isOnByDefault(request.region()));
  }

  private Map<String, Object> setEncryption(AwsRequest request, boolean isOn) {
    Ec2Rules.endDryRun(request);
    keys.setOnByDefault(request.region(), isOn);
    return answerEncryption(request);
  }
}
