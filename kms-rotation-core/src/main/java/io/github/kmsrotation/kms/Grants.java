package io.github.kmsrotation.kms;

import io.github.kmsrotation.plan.RunId;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.kms.model.CreateGrantRequest;
import software.amazon.awssdk.services.kms.model.GrantListEntry;

/** Which grants of an old key can be given on a new one, and how. */
final class Grants {

  private static final int LONGEST_NAME = 256;

  private Grants() {}

  /**
   * Grants to IAM principals can be created again. What an AWS service holds belongs to a resource
   * that stays under the old key until it is moved, and is made by the service itself.
   *
   * @see <a href="https://docs.aws.amazon.com/kms/latest/APIReference/API_ListGrants.html">
   *     ListGrants</a>
   */
  static boolean canBeCopied(GrantListEntry grant) {
    return grant.granteePrincipal() != null
        && grant.granteePrincipal().matches("arn:aws[a-z-]*:(iam|sts)::[0-9]{12}:.+");
  }

  /** By its name a grant is made only once, however often it is asked for. */
  static String name(RunId runId, GrantListEntry grant) {
    String name =
        Optional.ofNullable(grant.name())
            .filter(given -> !given.isEmpty())
            .orElse("kms-rotation-" + runId + "-" + grant.grantId());
    return name.substring(0, Math.min(LONGEST_NAME, name.length()));
  }

  /** What makes two grants the same: grants that differ may have the same name. */
  static List<Object> form(String name, GrantListEntry grant) {
    return Arrays.asList(
        name,
        grant.granteePrincipal(),
        grant.retiringPrincipal(),
        Set.copyOf(grant.operationsAsStrings()),
        grant.constraints());
  }

  static CreateGrantRequest copy(RunId runId, GrantListEntry grant, String newKey) {
    return CreateGrantRequest.builder()
        .keyId(newKey)
        .granteePrincipal(grant.granteePrincipal())
        .retiringPrincipal(grant.retiringPrincipal())
        .operations(grant.operations())
        .constraints(grant.constraints())
        .name(name(runId, grant))
        .build();
  }

  static String describe(GrantListEntry grant) {
    String principal = Optional.ofNullable(grant.granteePrincipal()).orElse("a service principal");
    return "grant " + grant.grantId() + " to " + principal;
  }
}
