package io.github.kmsrotation.s3;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.spi.KeyUsageSource;
import io.github.kmsrotation.spi.KeyUse;
import io.github.kmsrotation.target.S3Target;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * What S3 keeps under a key in the key's Region, or would: settings of the account's buckets that
 * name it, and versions of objects as far as {@link S3Options.Builder#keySearch} has them looked
 * at. Found with {@link java.util.ServiceLoader}; not meant to be called by anybody else. Safe for
 * use by several threads.
 */
public final class S3KeyUsage implements KeyUsageSource {

  /** For {@link java.util.ServiceLoader}. */
  public S3KeyUsage() {}

  @Override
  public String kind() {
    return S3Target.KIND;
  }

  @Override
  public String covers() {
    return "default encryption, replication and inventory reports of buckets, and versions of"
        + " objects that S3Options.keySearch(...) has looked at, but neither parts of unfinished"
        + " uploads, nor directory, table and vector buckets, nor S3 Metadata tables, nor buckets"
        + " of other accounts";
  }

  @Override
  public List<KeyUse> find(KeyArn key, AwsReader reader, Optional<StrategyOptions<?>> given) {
    S3Options options = S3Strategy.mine(given);
    if (options.client().isPresent()) {
      return find(key, reader, options, options.client().get());
    }
    try (S3Api own =
        options.configured(
            new SyncS3(S3Client.builder().region(Region.of(key.region())).build()))) {
      return find(key, reader, options, own);
    }
  }

  private static List<KeyUse> find(KeyArn key, AwsReader reader, S3Options options, S3Api api) {
    try (Workers workers = new Workers(options.concurrency())) {
      return new KeyLook(key, reader, options, api, workers).uses();
    }
  }
}
