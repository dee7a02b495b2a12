package io.github.kmsrotation.kms;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kms.model.GrantListEntry;

/**
 * Whom the policy and the grants of an old key let use the new one, since both are carried over.
 */
final class CarriedAccess {

  private final TreeSet<String> principals = new TreeSet<>();

  void add(GrantListEntry grant) {
    if (Grants.canBeCopied(grant)) {
      principals.add(grant.granteePrincipal() + " (by a grant)");
    }
  }

  /** Takes a policy that cannot be read for one that lets in anybody. */
  void addPolicy(String policy) {
    try {
      for (Object statement : list(JSON.std.mapFrom(policy).get("Statement"))) {
        if (statement instanceof Map<?, ?> fields && "Allow".equals(fields.get("Effect"))) {
          addPrincipal(fields.get("Principal"));
        }
      }
    } catch (IOException e) {
      principals.add("whom the key policy names");
    }
  }

  private void addPrincipal(@Nullable Object principal) {
    if (principal instanceof Map<?, ?> byKind) {
      byKind
          .values()
          .forEach(names -> list(names).forEach(name -> principals.add(name.toString())));
    } else if (principal instanceof String everybody) {
      principals.add(everybody);
    } else {
      principals.add("whom the key policy does not exclude");
    }
  }

  private static List<Object> list(@Nullable Object value) {
    if (value instanceof Collection<?> many) {
      return new ArrayList<>(many);
    }
    return value == null ? List.of() : List.of(value);
  }

  List<String> principals() {
    return List.copyOf(principals);
  }
}
