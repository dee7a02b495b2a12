package io.github.kmsrotation.kms;

import io.github.kmsrotation.internal.InWords;
import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.target.KeyTarget;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.WrappingKeySpec;

/**
 * What plans for a KMS key need beyond the key. Immutable. Defaults:
 *
 * <ul>
 *   <li>clients from the environment's credentials, closed after use
 *   <li>automatic rotation every 365 days, AWS's own default and what a rule of "once a year" asks
 *       for; a key that rotates more often is left as it is
 *   <li>no key material: a plan that imports some is refused without a source
 *   <li>imported material does not expire, since a key whose material expired is unusable
 *   <li>material is wrapped under RSA keys of 4096 bits, the strongest that KMS offers
 * </ul>
 */
public final class KeyOptions implements StrategyOptions<KeyTarget> {

  private final Optional<KmsClient> client;
  private final Optional<Function<String, KmsClient>> replicaClients;
  private final Optional<Integer> rotationPeriodInDays;
  private final Optional<KeyMaterialSource> keyMaterial;
  private final Optional<Duration> materialExpiresAfter;
  private final WrappingKeySpec wrappingKeySpec;
  private final Optional<String> externalKeyId;

  private KeyOptions(Builder builder) {
    this.client = builder.client;
    this.replicaClients = builder.replicaClients;
    this.rotationPeriodInDays = builder.rotationPeriodInDays;
    this.keyMaterial = builder.keyMaterial;
    this.materialExpiresAfter = builder.materialExpiresAfter;
    this.wrappingKeySpec = builder.wrappingKeySpec;
    this.externalKeyId = builder.externalKeyId;
  }

  /**
   * A new builder with the defaults.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public String kind() {
    return KeyTarget.KIND;
  }

  Optional<KmsClient> client() {
    return client;
  }

  Optional<Function<String, KmsClient>> replicaClients() {
    return replicaClients;
  }

  Optional<Integer> rotationPeriodInDays() {
    return rotationPeriodInDays;
  }

  Optional<KeyMaterialSource> keyMaterial() {
    return keyMaterial;
  }

  Optional<Duration> materialExpiresAfter() {
    return materialExpiresAfter;
  }

  WrappingKeySpec wrappingKeySpec() {
    return wrappingKeySpec;
  }

  Optional<String> externalKeyId() {
    return externalKeyId;
  }

  @Override
  public String toString() {
    return "KeyOptions[rotationPeriodInDays="
        + rotationPeriodInDays
        + ", keyMaterial="
        + keyMaterial.isPresent()
        + "]";
  }

  /** Builds options. Not safe for use by several threads. */
  public static final class Builder {

    private Optional<KmsClient> client = Optional.empty();
    private Optional<Function<String, KmsClient>> replicaClients = Optional.empty();
    private Optional<Integer> rotationPeriodInDays = Optional.empty();
    private Optional<KeyMaterialSource> keyMaterial = Optional.empty();
    private Optional<Duration> materialExpiresAfter = Optional.empty();
    private WrappingKeySpec wrappingKeySpec = WrappingKeySpec.RSA_4096;
    private Optional<String> externalKeyId = Optional.empty();

    private Builder() {}

    /**
     * The client for the key's own Region. It is not closed.
     *
     * @param client a client
     * @return this builder
     */
    public Builder client(KmsClient client) {
      this.client = Optional.of(client);
      return this;
    }

    /**
     * The clients for the Regions of a multi-Region key's replicas. They are not closed.
     *
     * @param replicaClients gives a client for a Region, such as {@code eu-west-1}
     * @return this builder
     */
    public Builder replicaClients(Function<String, KmsClient> replicaClients) {
      this.replicaClients = Optional.of(replicaClients);
      return this;
    }

    /**
     * The period of automatic rotation, to the day.
     *
     * @param days 90 to 2560
     * @return this builder
     * @throws IllegalArgumentException if out of range
     * @see <a
     *     href="https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html">
     *     EnableKeyRotation</a>
     */
    public Builder rotationPeriodInDays(int days) {
      if (days < 90 || days > 2560) {
        throw new IllegalArgumentException("rotationPeriodInDays must be 90 to 2560, was " + days);
      }
      this.rotationPeriodInDays = Optional.of(days);
      return this;
    }

    /**
     * Where key material to import comes from.
     *
     * @param keyMaterial the source
     * @return this builder
     */
    public Builder keyMaterial(KeyMaterialSource keyMaterial) {
      this.keyMaterial = Optional.of(keyMaterial);
      return this;
    }

    /**
     * Has imported key material expire. The key is unusable from then on, until the same material
     * is imported again.
     *
     * @param duration one minute to 365 days from the import
     * @return this builder
     * @throws IllegalArgumentException if out of range
     */
    public Builder materialExpiresAfter(Duration duration) {
      Objects.requireNonNull(duration, "duration");
      if (duration.compareTo(Duration.ofMinutes(1)) < 0
          || duration.compareTo(Duration.ofDays(365)) > 0) {
        throw new IllegalArgumentException(
            "materialExpiresAfter must be one minute to 365 days, was "
                + InWords.exactly(duration));
      }
      this.materialExpiresAfter = Optional.of(duration);
      return this;
    }

    /**
     * The key under which material is wrapped on its way to KMS.
     *
     * @param spec {@code RSA_2048}, {@code RSA_3072} or {@code RSA_4096}
     * @return this builder
     * @throws IllegalArgumentException if it is another
     */
    public Builder wrappingKeySpec(WrappingKeySpec spec) {
      if (!spec.toString().startsWith("RSA_")) {
        throw new IllegalArgumentException("wrappingKeySpec must be an RSA key, was " + spec);
      }
      this.wrappingKeySpec = spec;
      return this;
    }

    /**
     * For a new key in an external key store: the key there that it is to stand for.
     *
     * @param externalKeyId the id that the external key store proxy knows it by
     * @return this builder
     */
    public Builder externalKeyId(String externalKeyId) {
      this.externalKeyId = Optional.of(externalKeyId);
      return this;
    }

    /**
     * Builds.
     *
     * @return the options
     */
    public KeyOptions build() {
      return new KeyOptions(this);
    }
  }
}
