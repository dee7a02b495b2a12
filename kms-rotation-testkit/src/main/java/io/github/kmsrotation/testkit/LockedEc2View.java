package io.github.kmsrotation.testkit;

import io.github.kmsrotation.testkit.ec2.Ec2Quota;
import io.github.kmsrotation.testkit.ec2.Ec2Service;
import java.util.Map;
import java.util.function.Supplier;

/** Looks at the embedded EC2 under the embedded AWS's lock. */
final class LockedEc2View implements Ec2View {

  private final Ec2Service ec2;
  private final String region;
  private final Lock lock;

  /** Takes the lock, lets happen what is due, and looks. */
  interface Lock {
    <T> T locked(Supplier<T> view);
  }

  LockedEc2View(Ec2Service ec2, String region, Lock lock) {
    this.ec2 = ec2;
    this.region = region;
    this.lock = lock;
  }

  private void change(Runnable change) {
    lock.locked(
        () -> {
          change.run();
          return true;
        });
  }

  @Override
  public Map<String, String> volumes() {
    return lock.locked(ec2::volumeStates);
  }

  @Override
  public Map<String, String> snapshots() {
    return lock.locked(ec2::snapshotStates);
  }

  @Override
  public Map<String, String> instances() {
    return lock.locked(ec2::instanceStates);
  }

  @Override
  public byte[] read(String id, long offset, int length) {
    return lock.locked(() -> ec2.read(id, offset, length));
  }

  @Override
  public void write(String volumeId, long offset, byte[] bytes) {
    change(() -> ec2.write(volumeId, offset, bytes));
  }

  @Override
  public String ebsImage(String architecture) {
    return Ec2Service.ebsImage(region, architecture);
  }

  @Override
  public String instanceStoreImage() {
    return Ec2Service.instanceStoreImage(region);
  }

  @Override
  public void breakVolume(String volumeId) {
    change(() -> ec2.breakVolume(volumeId));
  }

  @Override
  public void breakSnapshot(String snapshotId) {
    change(() -> ec2.breakSnapshot(snapshotId));
  }

  @Override
  public void sell(String volumeId, String productCode) {
    change(() -> ec2.sell(volumeId, productCode));
  }

  @Override
  public void manage(String id, String principal) {
    change(() -> ec2.manage(id, principal));
  }

  @Override
  public void tagAsAws(String id, String key, String value) {
    change(() -> ec2.tagAsAws(id, key, value));
  }

  @Override
  public void associateElasticIp(String instanceId, String address) {
    change(() -> ec2.associateElasticIp(instanceId, address));
  }

  @Override
  public void attachInterface(String instanceId) {
    change(() -> ec2.attachInterface(instanceId));
  }

  @Override
  public void denyKey(String keyArn) {
    change(() -> ec2.denyKey(keyArn));
  }

  @Override
  public void failRootTaskDetached(String volumeId) {
    change(() -> ec2.failRootTaskDetached(volumeId));
  }

  @Override
  public void keepKeysOfVolumeCopies() {
    change(ec2::keepKeysOfVolumeCopies);
  }

  @Override
  public void limit(Ec2Quota quota, int most) {
    change(() -> ec2.limit(quota, most));
  }

  @Override
  public void neverFinish(String operation) {
    change(() -> ec2.neverFinish(operation));
  }
}
