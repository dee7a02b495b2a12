package io.github.kmsrotation.s3;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.spi.Findings;
import io.github.kmsrotation.target.S3Target;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.DefaultRetention;
import software.amazon.awssdk.services.s3.model.ObjectLockConfiguration;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionRule;

/** Looks at a bucket's settings, each apart, so that one that may not be read hides no other. */
final class BucketPreflight {

  private final Bucket bucket;
  private final S3Target target;
  private final AwsReader calls;
  private final Findings findings;
  private final S3Options options;

  BucketPreflight(
      Bucket bucket, S3Target target, AwsReader calls, Findings findings, S3Options options) {
    this.bucket = bucket;
    this.target = target;
    this.calls = calls;
    this.findings = findings;
    this.options = options;
  }

  Optional<DefaultEncryption> encryption() {
    Optional<List<ServerSideEncryptionRule>> rules =
        findings.look(() -> bucket.encryptionRules(calls));
    if (rules.filter(r -> r.size() > 1).isPresent()) {
      findings.problem(
          "Its default encryption has " + rules.get().size() + " rules, and S3 takes one.",
          "Look at it by hand: it could not be put back as it is.");
    }
    return rules.map(r -> r.isEmpty() ? DefaultEncryption.NONE : DefaultEncryption.of(r.get(0)));
  }

  void check(Optional<KeyArn> key) {
    findings.check(this::versioning);
    findings.check(this::objectLock);
    findings.check(this::payer);
    key.ifPresent(arn -> findings.check(() -> policy(arn)));
    if (target.prefix().isPresent()) {
      findings.warning(
          "Only objects whose keys begin with '" + target.prefix().get() + "' are rotated.",
          "The bucket's default encryption is not only theirs and stays: objects that are written"
              + " there afterwards, without naming a key, are under its key.");
    }
    if (options.isRewritingEverything()) {
      findings.warning(
          "Every current object that is not under the new key is rewritten.",
          "Its date and ETag change, and event notifications tell of it; objects that are archived"
              + " and not restored, and older versions, stay as they are and are listed.");
    } else {
      sayCanary();
      sayUnmovable();
    }
    findings.warning(
        "Rolled back, objects that were moved stay under the new key.",
        "Both keys have to be usable as long as objects are under them.");
  }

  private void sayCanary() {
    findings.warning(
        "An object of the run's own, whose key begins with '"
            + CanaryStep.name(target.prefix(), "").replaceFirst("-$", "")
            + "', is put and deleted first, to see that the server does what AWS does.",
        "Event notifications, replication and access logs tell of it.");
  }

  private void sayUnmovable() {
    findings.warning(
        "Objects that are not encrypted, or under DSSE-KMS or customer-provided keys (SSE-C),"
            + " cannot be moved without rewriting them; those that Object Lock protects cannot be"
            + " moved.",
        options.isRewriting()
            ? "What is not encrypted or under DSSE-KMS"
                + (options.customerKeys().isPresent()
                    ? " or a customer-provided key that is found"
                    : "")
                + ", is a current version, and not archived, is rewritten, in parts above 5 GiB:"
                + " its date and ETag change, and event notifications tell of it. Where there are"
                + " versions, the former stays as it is, as an older version. All else stays as"
                + " it is, and is counted by reason and listed; what is archived can be rewritten"
                + " once it is restored."
            : "They stay as they are, and are counted by reason and listed.");
  }

  /** Says which key's objects the plan is for. */
  void sayScope(String onlyKey, boolean setsDefault) {
    findings.warning(
        "Only versions that are under " + onlyKey + " are moved.",
        setsDefault
            ? "It is the bucket's default key, so that is set to the new one."
            : "The bucket's default encryption "
                + (target.prefix().isPresent() ? "" : "does not name it and ")
                + "stays as it is.");
  }

  /** Where there are no versions, a copy leaves none behind. */
  OldVersions oldVersions() {
    OldVersions asked = options.oldVersions();
    if (asked == OldVersions.KEEP || !options.isRewriting()) {
      return OldVersions.KEEP;
    }
    Optional<String> versioning = findings.look(() -> bucket.versioning(calls));
    if (versioning.filter(String::isEmpty).isPresent()) {
      return OldVersions.KEEP;
    }
    findings.warning(
        "Versions that this run's copies take the place of are deleted in the end.",
        "That cannot be undone. Each is looked at first, and kept if its copy is not seen to be"
            + " its equal; no other version is deleted.");
    return asked;
  }

  private void versioning() {
    if (!bucket.versioning(calls).isEmpty()) {
      findings.warning(
          "Its objects have versions.",
          options.isRewritingEverything()
              ? "Older ones are under their keys still, and need those."
              : "Each is moved, older ones included.");
    }
  }

  private void objectLock() {
    Optional<ObjectLockConfiguration> lock = bucket.objectLock(calls);
    if (lock.isEmpty()) {
      return;
    }
    Optional<DefaultRetention> retention = Bucket.defaultRetention(lock.get());
    if (retention.isPresent()) {
      findings.problem(
          "Its Object Lock keeps every new object in mode "
              + retention.get().modeAsString()
              + ", so that the object which proves that the server does what AWS does could be"
              + " neither changed nor deleted.",
          "Take the default retention off for as long as the run takes. That frees no object that"
              + " is protected already.");
    } else {
      findings.warning(
          "Its objects can be under Object Lock.",
          "Those under retention or legal hold are not moved, and are listed with the date.");
    }
  }

  private void payer() {
    if (!bucket.isRequesterPays(calls)) {
      return;
    }
    if (options.isRequester()) {
      findings.warning(
          "It is a Requester Pays bucket.", "The caller's account pays for every call.");
    } else {
      findings.problem(
          "It is a Requester Pays bucket, and calls that accept the costs are not made.",
          "Accept them with S3Options.iPayForRequests(), or let its owner pay for as long as the"
              + " run takes.");
    }
  }

  private void policy(KeyArn key) {
    Optional<String> policy = bucket.policy(calls);
    if (policy.isEmpty()) {
      return;
    }
    Optional<List<PolicyDenial>> denials =
        PolicyDenial.find(policy.get(), bucket.name(), key.value());
    if (denials.isEmpty()) {
      findings.warning(
          "Its bucket policy could not be read.", "It may refuse objects under the new key.");
      return;
    }
    for (PolicyDenial denial : denials.get()) {
      String what =
          "Statement "
              + denial.statement()
              + " of its bucket policy "
              + (denial.isCertain() ? "denies " : "may deny ")
              + denial.action()
              + " with "
              + key
              + ".";
      if (denial.isCertain()) {
        findings.problem(what, "Let the policy take the new key, too.");
      } else {
        findings.warning(what, "Objects that it denies are not moved, and are listed.");
      }
    }
  }
}
