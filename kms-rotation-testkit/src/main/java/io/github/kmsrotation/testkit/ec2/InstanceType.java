package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A few instance types. AWS documents that all types take encrypted volumes by now; that the two
 * oldest here do not is how it was, so that a test can meet the refusal.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypes.html">
 *     DescribeInstanceTypes</a>
 */
enum InstanceType {
  T3_MICRO("t3.micro", 2, 1024, "x86_64", true, true, 28, false),
  T3_MEDIUM("t3.medium", 2, 4096, "x86_64", true, true, 28, false),
  M5_LARGE("m5.large", 2, 8192, "x86_64", true, true, 28, false),
  M5D_LARGE("m5d.large", 2, 8192, "x86_64", true, true, 28, true),
  M7I_LARGE("m7i.large", 2, 8192, "x86_64", true, true, 32, false),
  M7G_LARGE("m7g.large", 2, 8192, "arm64", true, true, 28, false),
  M3_MEDIUM("m3.medium", 1, 3840, "x86_64", false, true, 40, true),
  M1_SMALL("m1.small", 1, 1740, "x86_64", false, false, 40, true),
  T1_MICRO("t1.micro", 1, 627, "x86_64", false, false, 40, false);

  final String wire;
  final String architecture;
  final boolean isNitro;
  final boolean takesEncrypted;
  final boolean hasInstanceStore;
  private final int cpus;
  private final int memoryMib;
  private final int attachments;

  InstanceType(
      String wire,
      int cpus,
      int memoryMib,
      String architecture,
      boolean isNitro,
      boolean takesEncrypted,
      int attachments,
      boolean hasInstanceStore) {
    this.wire = wire;
    this.cpus = cpus;
    this.memoryMib = memoryMib;
    this.architecture = architecture;
    this.isNitro = isNitro;
    this.takesEncrypted = takesEncrypted;
    this.attachments = attachments;
    this.hasInstanceStore = hasInstanceStore;
  }

  static InstanceType of(String wire) {
    for (InstanceType type : values()) {
      if (type.wire.equals(wire)) {
        return type;
      }
    }
    throw AwsError.notModelled("the instance type " + wire);
  }

  /** Where the limit is shared, the one network interface counts too. */
  int mostVolumes() {
    return isShared() ? attachments - 1 : attachments;
  }

  boolean isBurstable() {
    return wire.startsWith("t") && isNitro;
  }

  private boolean isShared() {
    return isNitro && this != M7I_LARGE;
  }

  Map<String, Object> xml() {
    Map<String, Object> xml = new LinkedHashMap<>();
    xml.put("instanceType", wire);
    xml.put("currentGeneration", isNitro);
    xml.put(
        "supportedRootDeviceTypes",
        Ec2Rules.items(
            hasInstanceStore && !isNitro ? List.of("ebs", "instance-store") : List.of("ebs")));
    xml.put("supportedVirtualizationTypes", Ec2Rules.items(List.of("hvm")));
    xml.put("bareMetal", false);
    xml.put("hypervisor", isNitro ? "nitro" : "xen");
    xml.put(
        "processorInfo", Map.of("supportedArchitectures", Ec2Rules.items(List.of(architecture))));
    xml.put("vCpuInfo", Map.of("defaultVCpus", cpus));
    xml.put("memoryInfo", Map.of("sizeInMiB", memoryMib));
    xml.put("instanceStorageSupported", hasInstanceStore);
    xml.put("burstablePerformanceSupported", isBurstable());
    xml.put("ebsInfo", ebsInfo());
    return xml;
  }

  private Map<String, Object> ebsInfo() {
    Map<String, Object> info = new LinkedHashMap<>();
    info.put("ebsOptimizedSupport", isNitro ? "default" : "unsupported");
    info.put("encryptionSupport", takesEncrypted ? "supported" : "unsupported");
    info.put("nvmeSupport", isNitro ? "required" : "unsupported");
    info.put("maximumEbsAttachments", attachments);
    info.put("attachmentLimitType", isShared() ? "shared" : "dedicated");
    return info;
  }
}
