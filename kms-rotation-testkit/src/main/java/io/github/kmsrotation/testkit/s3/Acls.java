package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.s3.Acl.Grant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * ACLs in headers and in XML.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html">Access
 *     control list overview</a>
 */
final class Acls {

  private static final String GROUPS = "http://acs.amazonaws.com/groups/";
  private static final String ALL = GROUPS + "global/AllUsers";
  private static final String AUTHENTICATED = GROUPS + "global/AuthenticatedUsers";

  private static final Map<String, String> GRANT_HEADERS =
      Map.of(
          "x-amz-grant-full-control", "FULL_CONTROL",
          "x-amz-grant-read", "READ",
          "x-amz-grant-read-acp", "READ_ACP",
          "x-amz-grant-write", "WRITE",
          "x-amz-grant-write-acp", "WRITE_ACP");

  private static final Pattern GRANTEE = Pattern.compile("\\s*(id|uri)=\"?([^\"]+)\"?\\s*");

  private Acls() {}

  /** What headers say; empty if they say nothing. */
  static Optional<Acl> of(S3Request request, Bucket bucket, String owner) {
    Optional<String> canned = request.header("x-amz-acl");
    List<Grant> grants = new ArrayList<>();
    GRANT_HEADERS.forEach(
        (header, permission) ->
            request.header(header).ifPresent(value -> addGrants(grants, value, permission)));
    if (canned.isPresent() && !grants.isEmpty()) {
      throw S3Errors.invalidRequest("Specifying both Canned ACLs and Header Grants is not allowed");
    }
    Optional<Acl> acl =
        canned
            .map(name -> canned(name, owner))
            .or(() -> grants.isEmpty() ? Optional.empty() : Optional.of(new Acl(grants)));
    boolean isOwnersOnly = canned.equals(Optional.of("bucket-owner-full-control"));
    acl.ifPresent(a -> requireAllowed(bucket, a, isOwnersOnly));
    return acl;
  }

  private static void addGrants(List<Grant> grants, String header, String permission) {
    for (String grantee : header.split(",", -1)) {
      Matcher matcher = GRANTEE.matcher(grantee);
      if (grantee.strip().startsWith("emailAddress")) {
        throw S3Errors.methodNotAllowed();
      }
      if (!matcher.matches()) {
        throw S3Errors.invalidArgument("Argument format not recognized", "grant", grantee);
      }
      String type = matcher.group(1).equals("id") ? "CanonicalUser" : "Group";
      grants.add(new Grant(type, matcher.group(2), permission));
    }
  }

  private static Acl canned(String name, String owner) {
    List<Grant> grants = new ArrayList<>(Acl.ofOwner(owner).grants());
    switch (name) {
      case "private", "bucket-owner-read", "bucket-owner-full-control" -> {
        // the caller owns the object and the bucket
      }
      case "public-read" -> grants.add(new Grant("Group", ALL, "READ"));
      case "public-read-write" -> {
        grants.add(new Grant("Group", ALL, "READ"));
        grants.add(new Grant("Group", ALL, "WRITE"));
      }
      case "authenticated-read" -> grants.add(new Grant("Group", AUTHENTICATED, "READ"));
      case "log-delivery-write" -> {
        grants.add(new Grant("Group", GROUPS + "s3/LogDelivery", "WRITE"));
        grants.add(new Grant("Group", GROUPS + "s3/LogDelivery", "READ_ACP"));
      }
      case "aws-exec-read" -> throw AwsError.notModelled("the canned ACL aws-exec-read");
      default -> throw S3Errors.invalidArgument("", "x-amz-acl", name);
    }
    return new Acl(grants);
  }

  /**
   * ACLs have to be enabled, unless they give the owner everything and nobody else anything; and
   * public ones not blocked. For new buckets neither is so.
   */
  static void requireAllowed(Bucket bucket, Acl acl, boolean isOwnersOnly) {
    if (!bucket.hasAcls() && !isOwnersOnly) {
      throw AwsError.badRequest("AccessControlListNotSupported", "The bucket does not allow ACLs");
    }
    boolean isPublic =
        acl.grants().stream()
            .anyMatch(g -> g.grantee().equals(ALL) || g.grantee().equals(AUTHENTICATED));
    if (isPublic && PublicAccess.blocks(bucket, "BlockPublicAcls")) {
      throw S3Errors.accessDenied(
          "User is not authorized to perform this because public access control lists (ACLs) are"
              + " prevented by the BlockPublicAcls setting in S3 Block Public Access.");
    }
  }

  static Acl ofXml(Xml policy) {
    policy.allow("Owner", "AccessControlList");
    List<Grant> grants = new ArrayList<>();
    Xml list = policy.child("AccessControlList").orElseThrow(S3Errors::malformedXml);
    for (Xml grant : list.allow("Grant").all("Grant")) {
      Xml grantee = grant.child("Grantee").orElseThrow(S3Errors::malformedXml);
      String type = grantee.type().orElseThrow(S3Errors::malformedXml);
      String whom =
          switch (type) {
            case "CanonicalUser" -> grantee.required("ID");
            case "Group" -> grantee.required("URI");
            case "AmazonCustomerByEmail" -> throw S3Errors.methodNotAllowed();
            default -> throw S3Errors.malformedXml();
          };
      grants.add(new Grant(type, whom, permission(grant.required("Permission"))));
    }
    return new Acl(grants);
  }

  private static String permission(String name) {
    if (!GRANT_HEADERS.containsValue(name)) {
      throw S3Errors.malformedXml();
    }
    return name;
  }

  static XmlOut xml(Acl acl, String owner) {
    XmlOut out = XmlOut.of("AccessControlPolicy");
    out.open("Owner").put("ID", owner).close("Owner").open("AccessControlList");
    for (Grant grant : acl.grants()) {
      out.open("Grant").open("Grantee", grant.type());
      out.put(grant.type().equals("Group") ? "URI" : "ID", grant.grantee()).close("Grantee");
      out.put("Permission", grant.permission()).close("Grant");
    }
    return out.close("AccessControlList");
  }
}
