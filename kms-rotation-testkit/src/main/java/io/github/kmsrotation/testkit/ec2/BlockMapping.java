package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.Params;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An entry of a block device mapping, of a call or of an AMI.
 *
 * @param device the device name
 * @param ebs names and values of {@code Ebs}; none for an instance store volume
 * @param isNone whether it takes the device out of the mapping
 */
record BlockMapping(String device, Optional<Map<String, Object>> ebs, boolean isNone) {

  static List<BlockMapping> read(Params params) {
    List<BlockMapping> mappings = new ArrayList<>();
    for (Params mapping : params.structures("BlockDeviceMapping")) {
      String device = Ec2Rules.required(mapping, "DeviceName");
      if (mappings.stream().anyMatch(m -> m.device.equals(device))) {
        throw invalid("Duplicate device name " + device);
      }
      mappings.add(
          new BlockMapping(
              device, mapping.structure("Ebs").map(e -> e.allBut("")), mapping.has("NoDevice")));
    }
    return List.copyOf(mappings);
  }

  /** What an instance gets: the AMI's mapping, with what the call says put over it. */
  static List<BlockMapping> merged(List<BlockMapping> base, List<BlockMapping> over) {
    Map<String, BlockMapping> merged = new LinkedHashMap<>();
    base.forEach(mapping -> merged.put(mapping.device, mapping));
    for (BlockMapping mapping : over) {
      if (mapping.isNone) {
        merged.remove(mapping.device);
      } else {
        merged.merge(mapping.device, mapping, BlockMapping::with);
      }
    }
    return List.copyOf(merged.values());
  }

  private BlockMapping with(BlockMapping over) {
    Map<String, Object> all = new LinkedHashMap<>(ebs.orElse(Map.of()));
    all.putAll(over.ebs.orElse(Map.of()));
    return new BlockMapping(device, Optional.of(all), false);
  }

  /** The same of another snapshot, and so encrypted as that is. */
  BlockMapping withSnapshot(Snapshot snapshot) {
    Map<String, Object> all = new LinkedHashMap<>(ebs.orElse(Map.of()));
    all.put("SnapshotId", snapshot.id);
    all.put("Encrypted", snapshot.encryption.isOn());
    return new BlockMapping(device, Optional.of(all), false);
  }

  Params params() {
    return new Params(ebs.orElse(Map.of()), "InvalidBlockDeviceMapping");
  }

  Optional<String> snapshotId() {
    return params().text("SnapshotId");
  }

  static AwsError invalid(String message) {
    return AwsError.badRequest("InvalidBlockDeviceMapping", message);
  }
}
