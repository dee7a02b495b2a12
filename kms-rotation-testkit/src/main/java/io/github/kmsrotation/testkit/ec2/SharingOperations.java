package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who may launch an AMI or make volumes of a snapshot, and when an AMI is deprecated. What is
 * encrypted is shared with accounts, never with all.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyImageAttribute.html">
 *     ModifyImageAttribute</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySnapshotAttribute.html">
 *     ModifySnapshotAttribute</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableImageDeprecation.html">
 *     EnableImageDeprecation</a>
 */
final class SharingOperations {

  private static final String LAUNCH = "LaunchPermission";
  private static final String CREATE_VOLUME = "CreateVolumePermission";
  private static final String IMAGE = "ImageId";
  private static final String SNAPSHOT = "SnapshotId";

  private final Ec2Store store;

  SharingOperations(Ec2Store store) {
    this.store = store;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "ModifyImageAttribute", Ec2Rules.write(this::modifyImage, IMAGE, "Attribute", LAUNCH));
    operations.put("EnableImageDeprecation", Ec2Rules.write(this::deprecate, IMAGE, "DeprecateAt"));
    operations.put("DisableImageDeprecation", Ec2Rules.write(this::undeprecate, IMAGE));
    operations.put(
        "ModifySnapshotAttribute",
        Ec2Rules.write(this::modifySnapshot, SNAPSHOT, "Attribute", CREATE_VOLUME));
    operations.put(
        "DescribeSnapshotAttribute", Ec2Rules.read(this::snapshotAttribute, SNAPSHOT, "Attribute"));
  }

  private Map<String, Object> modifyImage(AwsRequest request) {
    Image image = image(request);
    boolean isEncrypted =
        image.snapshotIds().stream()
            .anyMatch(id -> store.snapshot(image.region, id).encryption.isOn());
    modify(request, LAUNCH, image.permissions, isEncrypted);
    return Map.of("return", true);
  }

  private Image image(AwsRequest request) {
    Image image = store.image(request.region(), Ec2Rules.required(request.params(), IMAGE));
    if (!image.ownerId.equals(store.accountId)) {
      throw new AwsError("AuthFailure", 403, "Not authorized for image:" + image.id);
    }
    return image;
  }

  private Map<String, Object> modifySnapshot(AwsRequest request) {
    Snapshot snapshot =
        store.snapshot(request.region(), Ec2Rules.required(request.params(), SNAPSHOT));
    modify(request, CREATE_VOLUME, snapshot.permissions, snapshot.encryption.isOn());
    return Map.of("return", true);
  }

  private static void modify(
      AwsRequest request, String name, Set<Map<String, String>> permissions, boolean isEncrypted) {
    Params change =
        request
            .params()
            .structure(name)
            .orElseThrow(() -> AwsError.notModelled("an attribute that is no permission"));
    Set<Map<String, String>> changed = new LinkedHashSet<>(permissions);
    change.structures("Add").forEach(permission -> changed.add(permission(permission)));
    change.structures("Remove").forEach(permission -> changed.remove(permission(permission)));
    if (isEncrypted && changed.contains(Map.of("group", "all"))) {
      throw Ec2Rules.notPermitted("What is encrypted cannot be made public.");
    }
    Ec2Rules.endDryRun(request);
    permissions.clear();
    permissions.addAll(changed);
  }

  private static Map<String, String> permission(Params params) {
    Map<String, String> permission = new LinkedHashMap<>();
    for (String name : List.of("Group", "UserId", "OrganizationArn", "OrganizationalUnitArn")) {
      params.text(name).ifPresent(value -> permission.put(Ec2Rules.lowerFirst(name), value));
    }
    if (permission.size() != 1) {
      throw Ec2Rules.invalidCombination("A permission names one account, group or organization.");
    }
    return permission;
  }

  private Map<String, Object> deprecate(AwsRequest request) {
    Image image = image(request);
    String at = Ec2Rules.required(request.params(), "DeprecateAt");
    Ec2Rules.endDryRun(request);
    image.deprecationTime = Optional.of(at);
    return Map.of("return", true);
  }

  private Map<String, Object> undeprecate(AwsRequest request) {
    Image image = image(request);
    Ec2Rules.endDryRun(request);
    image.deprecationTime = Optional.empty();
    return Map.of("return", true);
  }

  private Map<String, Object> snapshotAttribute(AwsRequest request) {
    Snapshot snapshot =
        store.snapshot(request.region(), Ec2Rules.required(request.params(), SNAPSHOT));
    String attribute = Ec2Rules.required(request.params(), "Attribute");
    List<?> values =
        switch (attribute) {
          case "createVolumePermission" -> List.copyOf(snapshot.permissions);
          case "productCodes" ->
              snapshot.productCodes.stream()
                  .map(code -> Map.of("productCode", code, "type", "marketplace"))
                  .toList();
          default -> throw AwsError.notModelled("the attribute " + attribute + " of a snapshot");
        };
    return Map.of("snapshotId", snapshot.id, attribute, Ec2Rules.items(values));
  }
}
