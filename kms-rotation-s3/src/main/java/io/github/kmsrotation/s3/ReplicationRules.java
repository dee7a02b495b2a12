package io.github.kmsrotation.s3;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.plan.StepContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.DeleteBucketReplicationRequest;
import software.amazon.awssdk.services.s3.model.DeleteMarkerReplicationStatus;
import software.amazon.awssdk.services.s3.model.GetBucketReplicationRequest;
import software.amazon.awssdk.services.s3.model.PutBucketReplicationRequest;
import software.amazon.awssdk.services.s3.model.ReplicationConfiguration;
import software.amazon.awssdk.services.s3.model.ReplicationRule;
import software.amazon.awssdk.services.s3.model.ReplicationRuleStatus;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.SseKmsEncryptedObjectsStatus;

/**
 * The rules of a bucket, among them the run's own. S3 knows no condition for putting them, so they
 * are looked at right before: the run's rule is added to, or taken from, what is there then, and
 * nothing else is changed.
 */
final class ReplicationRules {

  static final String PUT = "s3:PutReplicationConfiguration";
  private static final int MOST = 1_000;

  private final Bucket bucket;
  private final ReplicationSetup setup;

  ReplicationRules(Bucket bucket, ReplicationSetup setup) {
    this.bucket = bucket;
    this.setup = setup;
  }

  /** What is in the way of a rule, and what to do about it. */
  record Obstacle(String text, String remedy) {}

  List<ReplicationRule> read(AwsReader reader) {
    return configuration(reader).map(ReplicationConfiguration::rules).orElse(List.of());
  }

  Optional<ReplicationConfiguration> configuration(AwsReader reader) {
    try {
      return Optional.of(
          reader
              .read(
                  "s3:GetReplicationConfiguration",
                  () ->
                      bucket
                          .api()
                          .getBucketReplication(
                              GetBucketReplicationRequest.builder().bucket(bucket.name()).build()))
              .replicationConfiguration());
    } catch (S3Exception e) {
      if (AwsFailure.errorCode(e).equals("ReplicationConfigurationNotFoundError")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  static String arn(String keyArn, String bucket) {
    return "arn:" + keyArn.split(":", -1)[1] + ":s3:::" + bucket;
  }

  Optional<Obstacle> obstacle(Optional<ReplicationConfiguration> now) {
    if (now.isEmpty()) {
      return Optional.empty();
    }
    List<ReplicationRule> rules = now.get().rules();
    if (!now.get().role().equals(setup.role())) {
      return Optional.of(
          new Obstacle(
              "Its replication rules use the role "
                  + now.get().role()
                  + ", not "
                  + setup.role()
                  + ".",
              "A bucket has one role for all of its rules: give that one to roleArn(...), and let"
                  + " it replicate to '"
                  + setup.destination()
                  + "', too."));
    }
    if (rules.stream().anyMatch(rule -> rule.filter() == null)) {
      return Optional.of(
          new Obstacle(
              "Its replication rules are of the earlier version, without Filter and Priority, which"
                  + " cannot be mixed with a rule that has them.",
              "Put them again with Filter, Priority and DeleteMarkerReplication."));
    }
    Optional<ReplicationRule> same =
        rules.stream()
            .filter(rule -> rule.status() == ReplicationRuleStatus.ENABLED)
            .filter(rule -> rule.destination().bucket().endsWith(":::" + setup.destination()))
            .findAny();
    if (same.isPresent()) {
      return Optional.of(
          new Obstacle(
              "Its replication rule '"
                  + same.get().id()
                  + "' goes to '"
                  + setup.destination()
                  + "' already.",
              "Of rules with one destination only that of the highest priority counts: name a"
                  + " bucket that nothing is replicated to."));
    }
    return rules.size() < MOST
        ? Optional.empty()
        : Optional.of(
            new Obstacle(
                "It has " + MOST + " replication rules.",
                "Remove one: there can be no" + " more."));
  }

  static boolean has(Optional<ReplicationConfiguration> now, String id) {
    return now.stream().flatMap(c -> c.rules().stream()).anyMatch(rule -> id.equals(rule.id()));
  }

  /** With the highest priority of all, which counts among rules of one destination only. */
  void add(
      StepContext context,
      Optional<ReplicationConfiguration> now,
      String id,
      Optional<String> prefix,
      String keyArn) {
    List<ReplicationRule> rules = new ArrayList<>(now.map(c -> c.rules()).orElse(List.of()));
    int priority =
        1 + rules.stream().mapToInt(r -> r.priority() == null ? 0 : r.priority()).max().orElse(0);
    rules.add(
        ReplicationRule.builder()
            .id(id)
            .priority(priority)
            .status(ReplicationRuleStatus.ENABLED)
            .filter(f -> f.prefix(prefix.orElse("")))
            .deleteMarkerReplication(d -> d.status(DeleteMarkerReplicationStatus.ENABLED))
            .sourceSelectionCriteria(
                c -> c.sseKmsEncryptedObjects(k -> k.status(SseKmsEncryptedObjectsStatus.ENABLED)))
            .destination(
                d ->
                    d.bucket(arn(keyArn, setup.destination()))
                        .encryptionConfiguration(e -> e.replicaKmsKeyID(keyArn)))
            .build());
    put(context, bucket.name(), rules);
  }

  /** Takes the run's rule away. */
  void remove(StepContext context, ReplicationConfiguration now, String id) {
    List<ReplicationRule> others =
        now.rules().stream().filter(rule -> !id.equals(rule.id())).toList();
    if (others.isEmpty()) {
      context.mutate(
          PUT,
          withoutRule(),
          () ->
              bucket
                  .api()
                  .deleteBucketReplication(
                      DeleteBucketReplicationRequest.builder().bucket(bucket.name()).build()));
    } else {
      put(context, withoutRule(), others);
    }
  }

  /** How the journal names the bucket when the rule is taken away. */
  String withoutRule() {
    return bucket.name() + " without the run's rule";
  }

  private void put(StepContext context, String resource, List<ReplicationRule> rules) {
    PutBucketReplicationRequest request =
        PutBucketReplicationRequest.builder()
            .bucket(bucket.name())
            .replicationConfiguration(c -> c.role(setup.role()).rules(rules))
            .build();
    context.mutate(PUT, resource, () -> bucket.api().putBucketReplication(request));
  }
}
