package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kms.model.CreateGrantRequest;
import software.amazon.awssdk.services.kms.model.CreateGrantResponse;
import software.amazon.awssdk.services.kms.model.DisabledException;
import software.amazon.awssdk.services.kms.model.DryRunOperationException;
import software.amazon.awssdk.services.kms.model.GrantListEntry;
import software.amazon.awssdk.services.kms.model.GrantOperation;
import software.amazon.awssdk.services.kms.model.InvalidArnException;
import software.amazon.awssdk.services.kms.model.InvalidGrantIdException;
import software.amazon.awssdk.services.kms.model.InvalidGrantTokenException;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.NotFoundException;

class EmbeddedKmsGrantTest extends KmsFixture {

  private static final String ROLE = "arn:aws:iam::111122223333:role/app";

  private final String key = kms.createKey().keyMetadata().arn();

  private CreateGrantResponse grant(Consumer<CreateGrantRequest.Builder> how) {
    return kms.createGrant(
        r ->
            how.accept(
                r.keyId(key)
                    .granteePrincipal(ROLE)
                    .retiringPrincipal(ROLE)
                    .operations(GrantOperation.DECRYPT, GrantOperation.ENCRYPT)));
  }

  @Test
  void createGrant_isListedAsItWasAskedFor() {
    String id =
        grant(
                r ->
                    r.name("app")
                        .constraints(c -> c.encryptionContextSubset(Map.of("tenant", "one"))))
            .grantId();

    assertThat(kms.listGrants(r -> r.keyId(key)).grants())
        .singleElement()
        .satisfies(
            g -> {
              assertThat(g.grantId()).isEqualTo(id);
              assertThat(g.name()).isEqualTo("app");
              assertThat(g.granteePrincipal()).isEqualTo(ROLE);
              assertThat(g.operations())
                  .containsExactly(GrantOperation.DECRYPT, GrantOperation.ENCRYPT);
              assertThat(g.constraints().encryptionContextSubset())
                  .isEqualTo(Map.of("tenant", "one"));
            });
    assertThat(kms.listRetirableGrants(r -> r.retiringPrincipal(ROLE)).grants())
        .extracting(GrantListEntry::grantId)
        .containsExactly(id);
  }

  @Test
  void createGrant_ofTheSameNameAndParameters_isTheSameGrant() {
    String id = grant(r -> r.name("app")).grantId();

    assertThat(grant(r -> r.name("app")).grantId()).isEqualTo(id);
    assertThat(grant(r -> r.name("app").operations(GrantOperation.DECRYPT)).grantId())
        .isNotEqualTo(id);
    assertThat(grant(r -> {}).grantId()).isNotEqualTo(grant(r -> {}).grantId());
  }

  @Test
  void createGrant_thatCannotBe_isRefused() {
    assertThatThrownBy(() -> grant(r -> r.operations(GrantOperation.SIGN)))
        .isInstanceOf(KmsException.class)
        .hasMessageContaining("Sign");
    assertThatThrownBy(() -> grant(r -> r.granteePrincipal("app")))
        .isInstanceOf(InvalidArnException.class);
    assertThatThrownBy(() -> grant(r -> r.granteeServicePrincipal("rds.amazonaws.com")))
        .isInstanceOf(KmsException.class);
    assertThatThrownBy(() -> grant(r -> r.dryRun(true)))
        .isInstanceOf(DryRunOperationException.class);
    kms.disableKey(r -> r.keyId(key));
    assertThatThrownBy(() -> grant(r -> {})).isInstanceOf(DisabledException.class);
    assertThat(kms.listGrants(r -> r.keyId(key)).grants()).isEmpty();
  }

  @Test
  void grant_goesByRevocationOrRetirement() {
    CreateGrantResponse one = grant(r -> {});
    CreateGrantResponse two = grant(r -> {});
    CreateGrantResponse three = grant(r -> {});

    kms.revokeGrant(r -> r.keyId(key).grantId(one.grantId()));
    kms.retireGrant(r -> r.grantToken(two.grantToken()));
    kms.retireGrant(r -> r.keyId(key).grantId(three.grantId()));

    assertThat(kms.listGrants(r -> r.keyId(key)).grants()).isEmpty();
    assertThatThrownBy(() -> kms.revokeGrant(r -> r.keyId(key).grantId(one.grantId())))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> kms.revokeGrant(r -> r.keyId(key).grantId("x")))
        .isInstanceOf(InvalidGrantIdException.class);
    assertThatThrownBy(() -> kms.retireGrant(r -> r.grantToken(two.grantToken())))
        .isInstanceOf(InvalidGrantTokenException.class);
  }
}
