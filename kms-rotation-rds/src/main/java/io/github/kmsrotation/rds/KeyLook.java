package io.github.kmsrotation.rds;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.error.MissingPermissionException;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.spi.KeyUse;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.pagination.sync.SdkIterable;

/** Looks for what is under a key, and collects it: each use once, in the order of finding. */
final class KeyLook {

  private final KeyArn key;
  private final AwsReader reader;
  private final Set<KeyUse> uses = new LinkedHashSet<>();

  KeyLook(KeyArn key, AwsReader reader) {
    this.key = key;
    this.reader = reader;
  }

  /**
   * Lists what there is of a kind.
   *
   * @param kind in the plural, for people
   * @param operation of RDS
   * @return empty if AWS denied it, which is noted as a use that may be
   */
  <T> List<T> all(String kind, String operation, Supplier<SdkIterable<T>> call) {
    try {
      return reader.read("rds:" + operation, () -> call.get().stream().toList());
    } catch (MissingPermissionException e) {
      uses.add(KeyUse.unseen(kind, e));
      return List.of();
    }
  }

  /** RDS answers with key ARNs; its model allows key ids as well. */
  boolean isTheKey(@Nullable String identifier) {
    return key.isNamedBy(Optional.ofNullable(identifier));
  }

  String region() {
    return key.region();
  }

  void addIf(@Nullable String keyIdentifier, String resource, String what) {
    if (isTheKey(keyIdentifier)) {
      uses.add(new KeyUse(resource, what));
    }
  }

  List<KeyUse> uses() {
    return List.copyOf(uses);
  }
}
