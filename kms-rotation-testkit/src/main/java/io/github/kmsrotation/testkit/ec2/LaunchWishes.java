package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.ec2.LaunchWish.Disk;
import io.github.kmsrotation.testkit.ec2.VolumeMaker.Wish;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Params;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads what {@code RunInstances} asks for, and refuses what cannot be. */
final class LaunchWishes {

  private static final int MOST = 20;
  private static final List<Kind> TAGGABLE = List.of(Kind.INSTANCE, Kind.VOLUME);

  private final Ec2Store store;
  private final VolumeMaker maker;

  LaunchWishes(Ec2Store store, VolumeMaker maker) {
    this.store = store;
    this.maker = maker;
  }

  LaunchWish read(AwsRequest request) {
    Params params = request.params();
    Image image = store.image(request.region(), Ec2Rules.required(params, "ImageId"));
    InstanceType type = InstanceType.of(params.text("InstanceType").orElse("m1.small"));
    checkFit(image, type);
    String zone =
        params
            .structure("Placement")
            .map(placement -> Zones.asked(request.region(), placement, false))
            .orElse(request.region() + "a");
    int count = count(params);
    List<Disk> disks = disks(request, image, type, zone);
    List<Wish> volumes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      disks.forEach(disk -> volumes.add(disk.wish()));
    }
    maker.requireRoom(volumes);
    checkAddress(params);
    return new LaunchWish(
        image, type, zone, count, disks, Tags.specified(params, TAGGABLE, Kind.INSTANCE));
  }

  private static void checkFit(Image image, InstanceType type) {
    if (!image.is("available")) {
      throw AwsError.badRequest(
          "InvalidAMIID.Unavailable", "The AMI " + image.id + " is " + image.state);
    }
    if (!image.architecture.equals(type.architecture)) {
      throw Ec2Rules.invalidValue(
          "The architecture '%s' of the specified instance type does not match the architecture '%s'"
                  .formatted(type.architecture, image.architecture)
              + " of the specified AMI.");
    }
    if (!image.isEbsBacked() && (!type.hasInstanceStore || type.isNitro)) {
      throw Ec2Rules.invalidCombination(
          type.wire + " takes no AMI with an instance store root volume.");
    }
  }

  private static int count(Params params) {
    Ec2Rules.required(params, "MinCount");
    Ec2Rules.required(params, "MaxCount");
    int least = params.number("MinCount").orElse(1);
    int most = params.number("MaxCount").orElse(1);
    if (least < 1 || most < least || most > MOST) {
      throw Ec2Rules.invalidValue("MinCount and MaxCount are 1 to 20, in this order.");
    }
    return most;
  }

  private List<Disk> disks(AwsRequest request, Image image, InstanceType type, String zone) {
    Map<String, String> tags = Tags.specified(request.params(), TAGGABLE, Kind.VOLUME);
    List<Disk> disks = new ArrayList<>();
    for (BlockMapping mapping :
        BlockMapping.merged(image.mappings, BlockMapping.read(request.params()))) {
      if (mapping.ebs().isPresent()) {
        Wish wish = maker.wish(request.region(), zone, mapping.params(), tags);
        check(wish, mapping.device(), image, type);
        disks.add(
            new Disk(
                mapping.device(),
                wish,
                mapping.params().truth("DeleteOnTermination").orElse(true)));
      }
    }
    if (image.isEbsBacked()
        && disks.stream().noneMatch(d -> d.device().equals(image.rootDeviceName))) {
      throw BlockMapping.invalid("The root device " + image.rootDeviceName + " has no volume.");
    }
    if (disks.size() > type.mostVolumes()) {
      throw AwsError.badRequest(
          "AttachmentLimitExceeded", type.wire + " takes " + type.mostVolumes() + " volumes.");
    }
    return disks;
  }

  private static void check(Wish wish, String device, Image image, InstanceType type) {
    if (wish.encryption().isOn() && !type.takesEncrypted) {
      throw AwsError.badRequest(
          "EncryptedVolumesNotSupported", type.wire + " does not support encrypted volumes.");
    }
    if (device.equals(image.rootDeviceName) && wish.settings().type().isHdd()) {
      throw BlockMapping.invalid(wish.settings().type().wire + " volumes are no root volumes.");
    }
  }

  private void checkAddress(Params params) {
    params
        .text("PrivateIpAddress")
        .ifPresent(
            address -> {
              boolean isTaken =
                  store.all(Instance.class).stream()
                      .anyMatch(
                          i ->
                              address.equals(i.settings.get("privateIpAddress"))
                                  && !i.is(InstanceState.TERMINATED));
              if (isTaken) {
                throw AwsError.badRequest(
                    "InvalidIPAddress.InUse", "Address " + address + " is in use.");
              }
            });
  }
}
