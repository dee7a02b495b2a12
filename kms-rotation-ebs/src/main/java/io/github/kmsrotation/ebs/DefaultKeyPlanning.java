package io.github.kmsrotation.ebs;

import io.github.kmsrotation.error.UnknownKeyException;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.key.KeyFacts;
import io.github.kmsrotation.key.KeyManager;
import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.Step;
import io.github.kmsrotation.spi.Findings;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.spi.TargetKey;
import io.github.kmsrotation.target.EbsTarget;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Plans the change of the account's default KMS key for EBS encryption.
 *
 * @see <a href="https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html">Enable
 *     Amazon EBS encryption by default</a>
 */
final class DefaultKeyPlanning {

  static final String AWS_MANAGED = "alias/aws/ebs";

  private static final String OBSERVE_FOR = "observeFor";
  private static final String FORMER = "formerDefaultKey";
  private static final String FORMER_IS_OF_AWS = "formerDefaultKeyIsAwsManaged";

  private final PlanRequest<EbsTarget> request;
  private final EbsOptions options;
  private final Ec2 ec2;
  private final Findings findings;

  DefaultKeyPlanning(PlanRequest<EbsTarget> request, EbsOptions options, Ec2 ec2) {
    this.request = request;
    this.options = options;
    this.ec2 = ec2;
    this.findings = new Findings(request.target().id());
  }

  RotationPlan plan() {
    String region = ec2.client().serviceClientConfiguration().region().id();
    Optional<String> told = findings.look(() -> ec2.defaultKey(request.calls()));
    findings.check(this::warnAboutEncryptionByDefault);
    findings.throwIfAny(what());
    String former = told.orElseThrow();
    Optional<KeyFacts> facts = facts(former);
    Optional<String> current = facts.map(KeyFacts::arn).map(KeyArn::value);
    TargetKey chosen = TargetKey.choose(request, current, region, findings);
    warnAboutUse();
    Optional<String> account = CallerAccount.find(request, findings);
    findings.throwIfAny(what());
    RotationPlan.Builder plan =
        RotationPlan.builder(request.runId(), request.clock().instant())
            .target(EbsTarget.KIND, request.target().id())
            .place(
                region,
                account.or(() -> chosen.arn().map(a -> a.value().split(":", -1)[4])).orElse(""))
            .keys(request.why().name(), current, chosen.arn().map(KeyArn::value))
            .rationale(chosen.rationale())
            .warnings(findings.warnings())
            .attributes(attributes(former, facts));
    EbsStep.Env env = new EbsStep.Env(plan.build(), Subject.none(), ec2, request.kms(), options);
    return plan.steps(steps(env).stream().map(Step::description).toList()).build();
  }

  private SortedMap<String, String> attributes(String former, Optional<KeyFacts> facts) {
    SortedMap<String, String> attributes = new TreeMap<>();
    boolean isOfAws =
        former.equals(AWS_MANAGED)
            || facts.filter(of -> of.manager() == KeyManager.AWS_MANAGED).isPresent();
    attributes.put(FORMER, facts.map(of -> of.arn().value()).orElse(former));
    attributes.put(FORMER_IS_OF_AWS, Boolean.toString(isOfAws));
    attributes.put(OBSERVE_FOR, options.observeFor().toString());
    return attributes;
  }

  /** The AWS managed key is made when it is first used; a customer's may have been deleted. */
  private Optional<KeyFacts> facts(String former) {
    try {
      return Optional.of(request.keys().read(former));
    } catch (UnknownKeyException e) {
      if (!former.equals(AWS_MANAGED)) {
        findings.warning(
            "There is no key " + former + ", which is the default.",
            "What needs the default key fails. A roll-back would make it the default again.");
      }
      return Optional.empty();
    }
  }

  private void warnAboutEncryptionByDefault() {
    boolean isOn =
        Boolean.TRUE.equals(
            request
                .calls()
                .read(
                    "ec2:GetEbsEncryptionByDefault",
                    () -> ec2.client().getEbsEncryptionByDefault(r -> {}))
                .ebsEncryptionByDefault());
    if (!isOn) {
      findings.warning(
          "Encryption by default is off in this Region.",
          "The default key is for what is encrypted without a key being named. New volumes for"
              + " which nobody asks for encryption stay unencrypted: see"
              + " EnableEbsEncryptionByDefault.");
    }
  }

  private void warnAboutUse() {
    findings.warning(
        "Volumes, snapshots and AMIs that exist stay under the key that they are under.",
        "Rotate them with RotationPlanner.forEbs(...).");
    findings.warning(
        "Whoever launches instances or makes volumes without naming a key needs the new key from"
            + " now on.",
        "Its key policy has to allow them, service-linked roles such as that of Auto Scaling among"
            + " them, or their launches fail.");
  }

  private static String what() {
    return "the default KMS key for EBS encryption";
  }

  static List<Step> steps(EbsStep.Env env) {
    RotationPlan plan = env.plan();
    DefaultKeyStep.Former former =
        new DefaultKeyStep.Former(
            plan.attribute(FORMER), Boolean.parseBoolean(plan.attribute(FORMER_IS_OF_AWS)));
    return List.of(
        new DefaultKeyStep(env, former),
        new SeeDefaultKeyStep(env, Duration.parse(plan.attribute(OBSERVE_FOR))));
  }
}
