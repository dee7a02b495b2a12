package io.github.kmsrotation.testkit.kms;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Optional;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret of a material: a key, or a pair of keys. Pairs are generated when first used, since an
 * RSA key takes seconds and most tests never use it. Not printed.
 */
final class Secret {

  private final String spec;
  private Optional<SecretKey> key = Optional.empty();
  private Optional<KeyPair> pair = Optional.empty();

  private Secret(String spec) {
    this.spec = spec;
  }

  static Secret generate(String spec) {
    if (!KeySpecs.isOneKey(spec)) {
      return new Secret(spec);
    }
    byte[] bytes = new byte[KeySpecs.keyBytes(spec)];
    new SecureRandom().nextBytes(bytes);
    return of(spec, bytes);
  }

  static Secret of(String spec, byte[] bytes) {
    Secret secret = new Secret(spec);
    secret.key = Optional.of(new SecretKeySpec(bytes, spec.startsWith("HMAC") ? "HMAC" : "AES"));
    return secret;
  }

  static Secret of(String spec, KeyPair pair) {
    Secret secret = new Secret(spec);
    secret.pair = Optional.of(pair);
    return secret;
  }

  SecretKey key() {
    return key.orElseThrow();
  }

  KeyPair pair() {
    KeyPair made = pair.orElseGet(() -> generatePair(spec));
    pair = Optional.of(made);
    return made;
  }

  static KeyPair generatePair(String spec) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(KeySpecs.family(spec));
      Optional<AlgorithmParameterSpec> parameters = parameters(spec);
      if (parameters.isPresent()) {
        generator.initialize(parameters.get());
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This JDK cannot make a key pair of " + spec, e);
    }
  }

  private static Optional<AlgorithmParameterSpec> parameters(String spec) {
    return switch (KeySpecs.family(spec)) {
      case "RSA" ->
          Optional.of(
              new RSAKeyGenParameterSpec(KeySpecs.rsaBits(spec), RSAKeyGenParameterSpec.F4));
      case "EC" -> Optional.of(new ECGenParameterSpec(KeySpecs.curve(spec)));
      default -> Optional.empty();
    };
  }

  @Override
  public String toString() {
    return "(secret)";
  }
}
