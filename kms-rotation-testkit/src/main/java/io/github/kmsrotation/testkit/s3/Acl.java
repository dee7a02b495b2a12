package io.github.kmsrotation.testkit.s3;

import java.util.List;

/**
 * An access control list. It is stored and returned; nobody is refused by it, as all callers are of
 * the account that owns everything.
 *
 * @param grants in order
 */
record Acl(List<Grant> grants) {

  /**
   * A grant.
   *
   * @param type {@code CanonicalUser} or {@code Group}
   * @param grantee an id or a URI
   * @param permission such as {@code READ}
   */
  record Grant(String type, String grantee, String permission) {}

  Acl {
    grants = List.copyOf(grants);
  }

  static Acl ofOwner(String owner) {
    return new Acl(List.of(new Grant("CanonicalUser", owner, "FULL_CONTROL")));
  }
}
