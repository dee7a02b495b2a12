package io.github.kmsrotation.kms;

import io.github.kmsrotation.aws.AwsReader;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.GetKeyRotationStatusResponse;
import software.amazon.awssdk.services.kms.model.GrantListEntry;
import software.amazon.awssdk.services.kms.model.IncludeKeyMaterial;
import software.amazon.awssdk.services.kms.model.KeyListEntry;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.NotFoundException;
import software.amazon.awssdk.services.kms.model.RotationsListEntry;
import software.amazon.awssdk.services.kms.model.Tag;

/** What steps look at in KMS. */
final class Kms {

  private final KeyClients clients;

  Kms(KeyClients clients) {
    this.clients = clients;
  }

  KmsClient in(String region) {
    return clients.in(region);
  }

  /** Empty, too, for a key that was made so lately that KMS does not show it everywhere yet. */
  Optional<KeyMetadata> describe(AwsReader reader, String region, String key) {
    try {
      return Optional.of(
          reader
              .read("kms:DescribeKey", () -> in(region).describeKey(r -> r.keyId(key)))
              .keyMetadata());
    } catch (NotFoundException e) {
      return Optional.empty();
    }
  }

  GetKeyRotationStatusResponse rotation(AwsReader reader, String region, String key) {
    return reader.read(
        "kms:GetKeyRotationStatus", () -> in(region).getKeyRotationStatus(r -> r.keyId(key)));
  }

  /** All key material, the first and what is pending included. */
  List<RotationsListEntry> materials(AwsReader reader, String region, String key) {
    return reader.read(
        "kms:ListKeyRotations",
        () ->
            in(region)
                .listKeyRotationsPaginator(
                    r -> r.keyId(key).includeKeyMaterial(IncludeKeyMaterial.ALL_KEY_MATERIAL))
                .rotations()
                .stream()
                .toList());
  }

  /** None, too, of a key that is not there. */
  List<String> aliases(AwsReader reader, String region, String key) {
    try {
      return reader.read(
          "kms:ListAliases",
          () ->
              in(region).listAliasesPaginator(r -> r.keyId(key)).aliases().stream()
                  .map(alias -> alias.aliasName())
                  .sorted()
                  .toList());
    } catch (NotFoundException e) {
      return List.of();
    }
  }

  String policy(AwsReader reader, String region, String key) {
    return reader
        .read("kms:GetKeyPolicy", () -> in(region).getKeyPolicy(r -> r.keyId(key)))
        .policy();
  }

  List<Tag> tags(AwsReader reader, String region, String key) {
    return reader.read(
        "kms:ListResourceTags",
        () -> in(region).listResourceTagsPaginator(r -> r.keyId(key)).tags().stream().toList());
  }

  List<GrantListEntry> grants(AwsReader reader, String region, String key) {
    return reader.read(
        "kms:ListGrants",
        () -> in(region).listGrantsPaginator(r -> r.keyId(key)).grants().stream().toList());
  }

  List<String> keys(AwsReader reader, String region) {
    return reader.read(
        "kms:ListKeys",
        () -> in(region).listKeysPaginator().keys().stream().map(KeyListEntry::keyArn).toList());
  }
}
