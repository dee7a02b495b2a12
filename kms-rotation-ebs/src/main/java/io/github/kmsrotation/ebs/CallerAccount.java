package io.github.kmsrotation.ebs;

import io.github.kmsrotation.spi.Findings;
import io.github.kmsrotation.spi.PlanRequest;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.kms.model.AliasListEntry;

/** The caller's account, where EC2 does not tell it: KMS tells whose aliases it lists. */
final class CallerAccount {

  private CallerAccount() {}

  static Optional<String> find(PlanRequest<?> request, Findings findings) {
    Optional<List<AliasListEntry>> aliases =
        findings.look(
            () ->
                request
                    .calls()
                    .read("kms:ListAliases", () -> request.kms().listAliases(r -> r.limit(1)))
                    .aliases());
    return aliases.stream()
        .flatMap(List::stream)
        .map(alias -> alias.aliasArn().split(":", -1)[4])
        .findFirst();
  }
}
