package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityResponse;

class EmbeddedStsTest {

  @Test
  void getCallerIdentity_tellsTheAccountThatResourcesAreIn() {
    try (EmbeddedAws aws = EmbeddedAws.builder().accountId("444455556666").start();
        StsClient sts = Clients.of(StsClient.builder(), aws)) {
      GetCallerIdentityResponse caller = sts.getCallerIdentity();

      assertThat(caller.account()).isEqualTo("444455556666");
      assertThat(caller.arn()).isEqualTo("arn:aws:iam::444455556666:user/embedded-aws");
      assertThat(caller.userId()).startsWith("AIDA");
    }
  }
}
