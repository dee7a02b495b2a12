package io.github.kmsrotation.retire;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.spi.KeyUsageSource;
import io.github.kmsrotation.spi.KeyUse;
import io.github.kmsrotation.target.Target;
import java.util.List;
import java.util.Optional;

/** A service whose uses of a key are those that its options list. */
public final class ListedUses implements KeyUsageSource {

  static final String KIND = "listed";

  /** For {@link java.util.ServiceLoader}. */
  public ListedUses() {}

  /** What uses keys; the list may change while a run goes on. */
  record Options(List<KeyUse> uses) implements StrategyOptions<Target> {
    @Override
    public String kind() {
      return KIND;
    }
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public String covers() {
    return "what a test lists";
  }

  @Override
  public List<KeyUse> find(KeyArn key, AwsReader reader, Optional<StrategyOptions<?>> options) {
    return options.map(given -> List.copyOf(((Options) given).uses())).orElse(List.of());
  }
}
