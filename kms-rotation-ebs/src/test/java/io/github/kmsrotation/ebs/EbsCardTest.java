package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.plan.RotationPlan;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.AttachVolumeRequest;
import software.amazon.awssdk.services.ec2.model.DescribeVolumesResponse;
import software.amazon.awssdk.services.ec2.model.Volume;

/** A volume on the second EBS card of its instance, which the embedded EC2's types do not have. */
class EbsCardTest {

  @TempDir Path directory;

  /** Shows every attachment as by card 1, and takes the card off what is attached. */
  private static final class SecondCard implements ExecutionInterceptor {

    final Map<String, Optional<Integer>> asked = new ConcurrentHashMap<>();

    @Override
    public SdkResponse modifyResponse(
        Context.ModifyResponse context, ExecutionAttributes attributes) {
      return context.response() instanceof DescribeVolumesResponse volumes
          ? volumes.toBuilder()
              .volumes(volumes.volumes().stream().map(SecondCard::onSecond).toList())
              .build()
          : context.response();
    }

    private static Volume onSecond(Volume volume) {
      return volume.toBuilder()
          .attachments(
              volume.attachments().stream()
                  .map(a -> a.toBuilder().ebsCardIndex(1).build())
                  .toList())
          .build();
    }

    @Override
    public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
      if (context.request() instanceof AttachVolumeRequest attach) {
        asked.put(attach.volumeId(), Optional.ofNullable(attach.ebsCardIndex()));
        return attach.toBuilder().ebsCardIndex(null).build();
      }
      return context.request();
    }
  }

  @Test
  void newVolume_isAttachedByTheCardOfTheOriginal() {
    try (EbsWorld world = new EbsWorld(directory)) {
      String instance = world.instance(r -> {});
      SecondCard cards = new SecondCard();
      try (Ec2Client ec2 =
          EbsApplication.client(Ec2Client.builder(), world.aws.endpoint(), world.aws.region())
              .overrideConfiguration(c -> c.addExecutionInterceptor(cards))
              .build()) {
        EbsOptions options =
            EbsOptions.builder().client(ec2).kmsClient(world.kms).stopInstance().build();
        RotationPlan plan = world.planner(instance).with(options).plan();
        RotationPlan stored = RotationPlan.fromJson(plan.toJson());

        world.approving(options).run(stored).requireComplete();

        assertThat(cards.asked)
            .containsExactlyEntriesOf(Map.of(world.at(instance, EbsWorld.ROOT), Optional.of(1)));
        assertThat(List.copyOf(world.aws.ec2().volumes().keySet())).hasSize(1);
      }
    }
  }
}
