package io.github.kmsrotation.s3;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.aws.AwsReader;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.services.s3.model.DefaultRetention;
import software.amazon.awssdk.services.s3.model.GetBucketEncryptionRequest;
import software.amazon.awssdk.services.s3.model.GetBucketPolicyRequest;
import software.amazon.awssdk.services.s3.model.GetBucketRequestPaymentRequest;
import software.amazon.awssdk.services.s3.model.GetBucketVersioningRequest;
import software.amazon.awssdk.services.s3.model.GetObjectLockConfigurationRequest;
import software.amazon.awssdk.services.s3.model.ObjectLockConfiguration;
import software.amazon.awssdk.services.s3.model.ObjectLockRule;
import software.amazon.awssdk.services.s3.model.Payer;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionRule;

/** The settings of a bucket that planning and steps look at. */
record Bucket(String name, S3Api api) {

  /** Every rule; S3 takes one. Empty where S3 keeps none. */
  List<ServerSideEncryptionRule> encryptionRules(AwsReader reader) {
    return found(
            reader,
            "s3:GetEncryptionConfiguration",
            "ServerSideEncryptionConfigurationNotFoundError",
            () ->
                api.getBucketEncryption(GetBucketEncryptionRequest.builder().bucket(name).build()))
        .map(answer -> answer.serverSideEncryptionConfiguration().rules())
        .orElse(List.of());
  }

  DefaultEncryption encryption(AwsReader reader) {
    List<ServerSideEncryptionRule> rules = encryptionRules(reader);
    return rules.isEmpty() ? DefaultEncryption.NONE : DefaultEncryption.of(rules.get(0));
  }

  Optional<String> policy(AwsReader reader) {
    return found(
            reader,
            "s3:GetBucketPolicy",
            "NoSuchBucketPolicy",
            () -> api.getBucketPolicy(GetBucketPolicyRequest.builder().bucket(name).build()))
        .map(answer -> answer.policy());
  }

  /** {@code Enabled}, {@code Suspended}, or an empty text if it was never enabled. */
  String versioning(AwsReader reader) {
    String status =
        reader
            .read(
                "s3:GetBucketVersioning",
                () ->
                    api.getBucketVersioning(
                        GetBucketVersioningRequest.builder().bucket(name).build()))
            .statusAsString();
    return status == null ? "" : status;
  }

  Optional<ObjectLockConfiguration> objectLock(AwsReader reader) {
    return found(
            reader,
            "s3:GetBucketObjectLockConfiguration",
            "ObjectLockConfigurationNotFoundError",
            () ->
                api.getObjectLockConfiguration(
                    GetObjectLockConfigurationRequest.builder().bucket(name).build()))
        .map(answer -> answer.objectLockConfiguration());
  }

  static Optional<DefaultRetention> defaultRetention(ObjectLockConfiguration lock) {
    return Optional.ofNullable(lock.rule()).map(ObjectLockRule::defaultRetention);
  }

  boolean isRequesterPays(AwsReader reader) {
    return reader
            .read(
                "s3:GetBucketRequestPayment",
                () ->
                    api.getBucketRequestPayment(
                        GetBucketRequestPaymentRequest.builder().bucket(name).build()))
            .payer()
        == Payer.REQUESTER;
  }

  private static <T> Optional<T> found(
      AwsReader reader, String operation, String absent, Supplier<T> call) {
    try {
      return Optional.of(reader.read(operation, call));
    } catch (S3Exception e) {
      if (AwsFailure.errorCode(e).equals(absent)) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
