package io.github.kmsrotation.testkit.ec2;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * How something is encrypted.
 *
 * @param key the KMS key's ARN, or what was given if there is no such key; none if it is not
 *     encrypted
 * @param dataKey what copies under the same key share
 */
record Encryption(Optional<String> key, Optional<String> dataKey) {

  static final Encryption NONE = new Encryption(Optional.empty(), Optional.empty());

  static Encryption under(String key) {
    return new Encryption(Optional.of(key), Optional.of(UUID.randomUUID().toString()));
  }

  boolean isOn() {
    return key.isPresent();
  }

  void tell(Map<String, Object> xml) {
    xml.put("encrypted", isOn());
    key.ifPresent(arn -> xml.put("kmsKeyId", arn));
  }
}
