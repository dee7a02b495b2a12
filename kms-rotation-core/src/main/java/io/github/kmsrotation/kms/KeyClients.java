package io.github.kmsrotation.kms;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;

/** A client for each Region: the caller's where there is one, or one made here and closed. */
final class KeyClients {

  private final String home;
  private final Optional<KmsClient> given;
  private final Optional<Function<String, KmsClient>> replicas;
  private final Map<String, KmsClient> theirs = new HashMap<>();
  private final Map<String, KmsClient> own = new HashMap<>();

  KeyClients(String home, Optional<KmsClient> given, KeyOptions options) {
    this.home = home;
    this.given = given;
    this.replicas = options.replicaClients();
  }

  KmsClient in(String region) {
    if (region.equals(home) && given.isPresent()) {
      return given.get();
    }
    if (!region.equals(home) && replicas.isPresent()) {
      return theirs.computeIfAbsent(region, replicas.get());
    }
    return own.computeIfAbsent(region, r -> KmsClient.builder().region(Region.of(r)).build());
  }

  void close() {
    own.values().forEach(KmsClient::close);
    own.clear();
  }
}
