package io.github.kmsrotation.kms;

import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.target.KeyMaterialTarget;
import java.time.Duration;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.WrappingKeySpec;

/**
 * What it takes to import key material again. Immutable. The defaults are those of {@link
 * KeyOptions}; the source has no default, and a plan is refused without it.
 */
public final class KeyMaterialOptions implements StrategyOptions<KeyMaterialTarget> {

  private final KeyOptions options;

  private KeyMaterialOptions(KeyOptions options) {
    this.options = options;
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
    return KeyMaterialTarget.KIND;
  }

  KeyOptions asKeyOptions() {
    return options;
  }

  @Override
  public String toString() {
    return "KeyMaterialOptions[keyMaterial=" + options.keyMaterial().isPresent() + "]";
  }

  /** Builds options. Not safe for use by several threads. */
  public static final class Builder {

    private final KeyOptions.Builder options = KeyOptions.builder();

    private Builder() {}

    /**
     * The client for the key's Region. It is not closed.
     *
     * @param client a client
     * @return this builder
     */
    public Builder client(KmsClient client) {
      options.client(client);
      return this;
    }

    /**
     * Required: where the material comes from. It is asked for each material by its id ({@link
     * KeyMaterialRequest#keyMaterialId}).
     *
     * @param keyMaterial the source
     * @return this builder
     */
    public Builder keyMaterial(KeyMaterialSource keyMaterial) {
      options.keyMaterial(keyMaterial);
      return this;
    }

    /**
     * Has the material expire again. Without it, it does not expire any more.
     *
     * @param duration one minute to 365 days from the import
     * @return this builder
     * @throws IllegalArgumentException if out of range
     */
    public Builder materialExpiresAfter(Duration duration) {
      options.materialExpiresAfter(duration);
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
      options.wrappingKeySpec(spec);
      return this;
    }

    /**
     * Builds.
     *
     * @return the options
     */
    public KeyMaterialOptions build() {
      return new KeyMaterialOptions(options.build());
    }
  }
}
