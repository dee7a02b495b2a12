package io.github.kmsrotation.rds;

import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.DomainMembership;

/** Membership in an Active Directory domain, managed by AWS or by the customer. */
final class Domains {

  static final Setting SETTING =
      new Setting(
          "Domain",
          Domains::text,
          (r, i) -> {
            DomainMembership d = i.domainMemberships().get(0);
            if (d.domain() != null) {
              r.domain(d.domain()).domainIAMRoleName(d.iamRoleName());
            } else {
              r.domainFqdn(d.fqdn())
                  .domainOu(d.ou())
                  .domainAuthSecretArn(d.authSecretArn())
                  .domainDnsIps(d.dnsIps());
            }
          },
          (m, i) -> {
            DomainMembership d = i.domainMemberships().get(0);
            if (d.domain() != null) {
              m.domain(d.domain()).domainIAMRoleName(d.iamRoleName());
            } else {
              m.domainFqdn(d.fqdn())
                  .domainOu(d.ou())
                  .domainAuthSecretArn(d.authSecretArn())
                  .domainDnsIps(d.dnsIps());
            }
          },
          i -> !i.domainMemberships().isEmpty());

  private Domains() {}

  private static String text(DBInstance instance) {
    return Settings.sorted(
        instance.domainMemberships().stream()
            .map(
                d ->
                    String.join(
                        " ",
                        Settings.text(d.domain()),
                        Settings.text(d.fqdn()),
                        Settings.text(d.ou()),
                        Settings.text(d.iamRoleName()),
                        Settings.text(d.authSecretArn()),
                        Settings.sorted(d.dnsIps())))
            .toList());
  }
}
