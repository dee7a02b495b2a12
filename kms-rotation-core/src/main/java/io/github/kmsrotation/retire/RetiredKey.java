package io.github.kmsrotation.retire;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.plan.RunId;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.GetKeyLastUsageResponse;
import software.amazon.awssdk.services.kms.model.GrantListEntry;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.MultiRegionKey;
import software.amazon.awssdk.services.kms.model.NotFoundException;
import software.amazon.awssdk.services.kms.model.Tag;

/** What a retirement looks at in KMS. */
record RetiredKey(KmsClient client, KeyArn arn) {

  String id() {
    return arn.value();
  }

  Optional<KeyMetadata> describe(AwsReader reader) {
    try {
      return Optional.of(
          reader
              .read("kms:DescribeKey", () -> client.describeKey(r -> r.keyId(id())))
              .keyMetadata());
    } catch (NotFoundException e) {
      return Optional.empty();
    }
  }

  List<String> aliases(AwsReader reader) {
    return reader.read(
        "kms:ListAliases",
        () ->
            client.listAliasesPaginator(r -> r.keyId(id())).aliases().stream()
                .map(alias -> alias.aliasName())
                .sorted()
                .toList());
  }

  List<GrantListEntry> grants(AwsReader reader) {
    return reader.read(
        "kms:ListGrants",
        () -> client.listGrantsPaginator(r -> r.keyId(id())).grants().stream().toList());
  }

  /** The run that rotates the key. */
  List<String> claims(AwsReader reader) {
    return reader.read(
        "kms:ListResourceTags",
        () ->
            client.listResourceTagsPaginator(r -> r.keyId(id())).tags().stream()
                .filter(tag -> tag.tagKey().equals(RunId.TAG_KEY))
                .map(Tag::tagValue)
                .toList());
  }

  /** The Regions of the replicas, if the key is the primary of a multi-Region key. */
  List<String> replicas(AwsReader reader) {
    return describe(reader)
        .map(KeyMetadata::multiRegionConfiguration)
        .filter(set -> id().equals(set.primaryKey().arn()))
        .map(set -> set.replicaKeys().stream().map(MultiRegionKey::region).sorted().toList())
        .orElse(List.of());
  }

  GetKeyLastUsageResponse lastUsage(AwsReader reader) {
    return reader.read("kms:GetKeyLastUsage", () -> client.getKeyLastUsage(r -> r.keyId(id())));
  }
}
