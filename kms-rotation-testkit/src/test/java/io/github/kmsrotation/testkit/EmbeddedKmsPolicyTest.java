package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kms.model.KmsInvalidStateException;
import software.amazon.awssdk.services.kms.model.LimitExceededException;
import software.amazon.awssdk.services.kms.model.MalformedPolicyDocumentException;
import software.amazon.awssdk.services.kms.model.NotFoundException;
import software.amazon.awssdk.services.kms.model.Tag;
import software.amazon.awssdk.services.kms.model.TagException;

class EmbeddedKmsPolicyTest extends KmsFixture {

  private static final String POLICY =
      """
      {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
       "Principal": {"AWS": "arn:aws:iam::111122223333:role/admin"},
       "Action": ["kms:Put*", "kms:Encrypt"], "Resource": "*"}]}\
      """;
  private static final String LOCKED_OUT = POLICY.replace("kms:Put*", "kms:Decrypt");

  private final String key = kms.createKey().keyMetadata().arn();

  private static Tag tag(String name, String value) {
    return Tag.builder().tagKey(name).tagValue(value).build();
  }

  private String policy(String keyId) {
    return kms.getKeyPolicy(r -> r.keyId(keyId)).policy();
  }

  @Test
  void createKey_withoutPolicy_hasTheDefaultOfTheAccount() {
    assertThat(policy(key)).contains("key-default-1", "arn:aws:iam::111122223333:root", "kms:*");
    assertThat(kms.listKeyPolicies(r -> r.keyId(key)).policyNames()).containsExactly("default");
  }

  @Test
  void createKey_withPolicy_keepsItToTheLetter() {
    String made = kms.createKey(r -> r.policy(POLICY)).keyMetadata().keyId();

    assertThat(policy(made)).isEqualTo(POLICY);
  }

  @Test
  void putKeyPolicy_whenItIsNoPolicy_isRefusedAndChangesNothing() {
    for (String bad :
        new String[] {
          "not json",
          "[]",
          "{\"Statement\": []}",
          POLICY.replace("\"Allow\"", "\"Perhaps\""),
          POLICY.replace("Principal", "Prince"),
          POLICY.replace("2012-10-17", "2026-11-24"),
          LOCKED_OUT,
          POLICY.replace("111122223333", "444455556666")
        }) {
      assertThatThrownBy(() -> kms.putKeyPolicy(r -> r.keyId(key).policy(bad)))
          .as(bad)
          .isInstanceOf(MalformedPolicyDocumentException.class);
    }
    assertThatThrownBy(
            () -> kms.putKeyPolicy(r -> r.keyId(key).policy(POLICY + " ".repeat(33_000))))
        .isInstanceOf(LimitExceededException.class);
    assertThat(policy(key)).contains("key-default-1");
  }

  @Test
  void putKeyPolicy_thatLocksOut_isTakenWhenTheCheckIsBypassed() {
    kms.putKeyPolicy(r -> r.keyId(key).policy(LOCKED_OUT).bypassPolicyLockoutSafetyCheck(true));

    assertThat(policy(key)).isEqualTo(LOCKED_OUT);
  }

  @Test
  void getKeyPolicy_ofAnotherNameOrByAlias_isNotFound() {
    kms.createAlias(r -> r.aliasName("alias/a").targetKeyId(key));

    assertThatThrownBy(() -> kms.getKeyPolicy(r -> r.keyId(key).policyName("other")))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> kms.getKeyPolicy(r -> r.keyId("alias/a")))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void descriptionAndTags_whenTheKeyIsPendingDeletion_cannotBeChanged() {
    Tag tag = tag("run", "1");
    kms.tagResource(r -> r.keyId(key).tags(tag));
    kms.updateKeyDescription(r -> r.keyId(key).description("orders"));
    kms.scheduleKeyDeletion(r -> r.keyId(key).pendingWindowInDays(7));

    assertThatThrownBy(() -> kms.updateKeyDescription(r -> r.keyId(key).description("")))
        .isInstanceOf(KmsInvalidStateException.class);
    assertThatThrownBy(() -> kms.tagResource(r -> r.keyId(key).tags(tag)))
        .isInstanceOf(KmsInvalidStateException.class);
    assertThatThrownBy(() -> kms.untagResource(r -> r.keyId(key).tagKeys("run")))
        .isInstanceOf(KmsInvalidStateException.class);
    assertThatThrownBy(() -> kms.createAlias(r -> r.aliasName("alias/a").targetKeyId(key)))
        .isInstanceOf(KmsInvalidStateException.class);
    assertThat(describe(key).description()).isEqualTo("orders");
  }

  @Test
  void untagResource_removesWhatIsThereAndIgnoresTheRest() {
    kms.tagResource(r -> r.keyId(key).tags(tag("a", ""), tag("b", "2")));

    kms.untagResource(r -> r.keyId(key).tagKeys("a", "none"));

    assertThat(kms.listResourceTags(r -> r.keyId(key)).tags())
        .extracting(Tag::tagKey)
        .containsExactly("b");
    assertThatThrownBy(() -> kms.tagResource(r -> r.keyId(key).tags(tag("aws:a", ""))))
        .isInstanceOf(TagException.class);
  }

  @Test
  void createAlias_pastTheQuotaOfFifty_isRefused() {
    for (int i = 0; i < 50; i++) {
      String name = "alias/a" + i;
      kms.createAlias(r -> r.aliasName(name).targetKeyId(key));
    }

    assertThatThrownBy(() -> kms.createAlias(r -> r.aliasName("alias/b").targetKeyId(key)))
        .isInstanceOf(LimitExceededException.class);
  }
}
