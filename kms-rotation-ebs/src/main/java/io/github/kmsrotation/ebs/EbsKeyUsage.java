package io.github.kmsrotation.ebs;

import io.github.kmsrotation.aws.AwsReader;
import io.github.kmsrotation.key.KeyArn;
import io.github.kmsrotation.plan.StrategyOptions;
import io.github.kmsrotation.spi.KeyUsageSource;
import io.github.kmsrotation.spi.KeyUse;
import io.github.kmsrotation.target.EbsTarget;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;

/**
 * What EC2 keeps under a key, or would: volumes, snapshots and the AMIs made of them, launch
 * templates that name it, the account's default key for EBS. Found with {@link
 * java.util.ServiceLoader}; not meant to be called by anybody else. Safe for use by several
 * threads.
 */
public final class EbsKeyUsage implements KeyUsageSource {

  /** For {@link java.util.ServiceLoader}. */
  public EbsKeyUsage() {}

  @Override
  public String kind() {
    return EbsTarget.KIND;
  }

  @Override
  public String covers() {
    return "volumes, own snapshots, AMIs, launch templates and the default key of EBS, but neither"
        + " snapshots in the Recycle Bin nor launch configurations";
  }

  @Override
  public List<KeyUse> find(KeyArn key, AwsReader reader, Optional<StrategyOptions<?>> options) {
    Optional<Ec2Client> given = EbsStrategy.mine(options).client();
    if (given.isPresent()) {
      return new KeyLook(key, reader, given.get()).uses();
    }
    try (Ec2Client own = Ec2Client.builder().region(Region.of(key.region())).build()) {
      return new KeyLook(key, reader, own).uses();
    }
  }
}
