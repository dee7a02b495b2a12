package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterface;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterfaceSpecification;

/** What the embedded EC2 does not model of a network interface. */
class NetworkTest {

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, false"})
  void enaExpress_isAsTheOriginalHasIt(boolean isOn, boolean isOnForUdp) {
    Instance original =
        Instance.builder()
            .networkInterfaces(
                InstanceNetworkInterface.builder()
                    .attachment(
                        a ->
                            a.deviceIndex(0)
                                .enaSrdSpecification(
                                    e ->
                                        e.enaSrdEnabled(isOn)
                                            .enaSrdUdpSpecification(
                                                u -> u.enaSrdUdpEnabled(isOnForUdp))))
                    .build())
            .build();

    InstanceNetworkInterfaceSpecification like = Network.like(original);

    assertThat(like.enaSrdSpecification().enaSrdEnabled()).isEqualTo(isOn);
    assertThat(like.enaSrdSpecification().enaSrdUdpSpecification().enaSrdUdpEnabled())
        .isEqualTo(isOnForUdp);
  }
}
