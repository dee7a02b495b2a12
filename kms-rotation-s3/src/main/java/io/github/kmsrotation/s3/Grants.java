package io.github.kmsrotation.s3;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAclResponse;
import software.amazon.awssdk.services.s3.model.Grant;
import software.amazon.awssdk.services.s3.model.Grantee;
import software.amazon.awssdk.services.s3.model.ObjectCannedACL;
import software.amazon.awssdk.services.s3.model.Permission;
import software.amazon.awssdk.services.s3.model.Type;

/**
 * An object's ACL as a request names it.
 *
 * @param owner the grantee that the owner is
 * @param byPermission grantees; empty if there is the owner's grant alone, as where ACLs are off
 *     and none may be named
 */
record Grants(String owner, Map<Permission, String> byPermission) {

  private static final Set<Permission> PUBLIC_READ_WRITE =
      Set.of(Permission.FULL_CONTROL, Permission.READ, Permission.WRITE);
  private static final Optional<String> EVERYBODY =
      Optional.of("uri=\"http://acs.amazonaws.com/groups/global/AllUsers\"");

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
    String owner = acl.owner() == null ? "" : "id=\"" + acl.owner().id() + "\"";
    return new Grants(owner, joined);
  }

  /**
   * Why a copy cannot be given it, in words: no header grants WRITE, which says nothing of an
   * object but can be granted. The one canned ACL that has it can be named.
   */
  Optional<String> obstacle() {
    if (canned().isPresent()) {
      return Optional.empty();
    }
    return byPermission.keySet().stream()
        .filter(p -> p == Permission.WRITE || p == Permission.UNKNOWN_TO_SDK_VERSION)
        .findAny()
        .map(p -> "it grants " + p + " to " + byPermission.get(p));
  }

  private Optional<ObjectCannedACL> canned() {
    boolean isPublic =
        byPermission.keySet().equals(PUBLIC_READ_WRITE)
            && find(Permission.READ).equals(EVERYBODY)
            && find(Permission.WRITE).equals(EVERYBODY)
            && find(Permission.FULL_CONTROL).equals(Optional.of(owner));
    return isPublic ? Optional.of(ObjectCannedACL.PUBLIC_READ_WRITE) : Optional.empty();
  }

  private static String named(Grant grant) {
    Grantee grantee = grant.grantee();
    return grantee.type() == Type.GROUP
        ? "uri=\"" + grantee.uri() + "\""
        : "id=\"" + grantee.id() + "\"";
  }

  void putInto(CopyObjectRequest.Builder copy) {
    if (canned().isPresent()) {
      copy.acl(canned().get());
      return;
    }
    find(Permission.FULL_CONTROL).ifPresent(copy::grantFullControl);
    find(Permission.READ).ifPresent(copy::grantRead);
    find(Permission.READ_ACP).ifPresent(copy::grantReadACP);
    find(Permission.WRITE_ACP).ifPresent(copy::grantWriteACP);
  }

  void putInto(CreateMultipartUploadRequest.Builder upload) {
    if (canned().isPresent()) {
      upload.acl(canned().get());
      return;
    }
    find(Permission.FULL_CONTROL).ifPresent(upload::grantFullControl);
    find(Permission.READ).ifPresent(upload::grantRead);
    find(Permission.READ_ACP).ifPresent(upload::grantReadACP);
    find(Permission.WRITE_ACP).ifPresent(upload::grantWriteACP);
  }

  private Optional<String> find(Permission permission) {
    return Optional.ofNullable(byPermission.get(permission));
  }
}
