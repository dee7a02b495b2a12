package io.github.kmsrotation.s3;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAclResponse;
import software.amazon.awssdk.services.s3.model.Grant;
import software.amazon.awssdk.services.s3.model.Grantee;
import software.amazon.awssdk.services.s3.model.Permission;
import software.amazon.awssdk.services.s3.model.Type;

/**
 * An object's ACL as a request names it.
 *
 * @param byPermission grantees; empty if there is the owner's grant alone, as where ACLs are off
 *     and none may be named
 */
record Grants(Map<Permission, String> byPermission) {

  static Grants of(GetObjectAclResponse acl) {
    Map<Permission, List<String>> grantees = new EnumMap<>(Permission.class);
    boolean onlyOwners = true;
    for (Grant grant : acl.grants()) {
      grantees.computeIfAbsent(grant.permission(), p -> new ArrayList<>()).add(named(grant));
      onlyOwners &=
          grant.permission() == Permission.FULL_CONTROL
              && Objects.equals(grant.grantee().id(), acl.owner().id());
    }
    Map<Permission, String> joined = new EnumMap<>(Permission.class);
    if (!onlyOwners) {
      grantees.forEach((permission, names) -> joined.put(permission, String.join(", ", names)));
    }
    joined.keySet().stream()
        .filter(p -> p == Permission.WRITE || p == Permission.UNKNOWN_TO_SDK_VERSION)
        .findAny()
        .ifPresent(
            p -> {
              throw new IllegalStateException("An object's ACL grants " + p);
            });
    return new Grants(joined);
  }

  private static String named(Grant grant) {
    Grantee grantee = grant.grantee();
    return grantee.type() == Type.GROUP
        ? "uri=\"" + grantee.uri() + "\""
        : "id=\"" + grantee.id() + "\"";
  }

  void putInto(CopyObjectRequest.Builder copy) {
    find(Permission.FULL_CONTROL).ifPresent(copy::grantFullControl);
    find(Permission.READ).ifPresent(copy::grantRead);
    find(Permission.READ_ACP).ifPresent(copy::grantReadACP);
    find(Permission.WRITE_ACP).ifPresent(copy::grantWriteACP);
  }

  void putInto(CreateMultipartUploadRequest.Builder upload) {
    find(Permission.FULL_CONTROL).ifPresent(upload::grantFullControl);
    find(Permission.READ).ifPresent(upload::grantRead);
    find(Permission.READ_ACP).ifPresent(upload::grantReadACP);
    find(Permission.WRITE_ACP).ifPresent(upload::grantWriteACP);
  }

  private Optional<String> find(Permission permission) {
    return Optional.ofNullable(byPermission.get(permission));
  }
}
