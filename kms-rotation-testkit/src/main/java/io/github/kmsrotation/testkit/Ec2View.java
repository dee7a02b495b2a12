package io.github.kmsrotation.testkit;

import io.github.kmsrotation.testkit.ec2.Ec2Quota;
import java.util.Map;

/** What a test can see of the embedded EC2 without calling it, and do to it. */
public interface Ec2View {

  /**
   * All volumes, of all Regions.
   *
   * @return state by id
   */
  Map<String, String> volumes();

  /**
   * All snapshots of the account, of all Regions.
   *
   * @return state by id
   */
  Map<String, String> snapshots();

  /**
   * All instances, of all Regions.
   *
   * @return state by id
   */
  Map<String, String> instances();

  /**
   * Bytes of a volume or of a snapshot.
   *
   * @param id of a volume or of a snapshot
   * @param offset the first byte
   * @param length how many bytes
   * @return the bytes; zeros where nothing was ever written
   * @throws IllegalArgumentException if there is no such volume or snapshot, or it is too small
   */
  byte[] read(String id, long offset, int length);

  /**
   * Writes to a volume, as an instance that it is attached to does.
   *
   * @param volumeId of a volume
   * @param offset the first byte
   * @param bytes what to write
   * @throws IllegalArgumentException if there is no such volume, or it is too small
   */
  void write(String volumeId, long offset, byte[] bytes);

  /**
   * A public AMI with one unencrypted gp3 root volume of 8 GiB, in the Region of the embedded AWS.
   *
   * @param architecture {@code x86_64} or {@code arm64}
   * @return its id
   */
  String ebsImage(String architecture);

  /**
   * A public AMI for x86_64 whose root device is an instance store volume, in the Region of the
   * embedded AWS.
   *
   * @return its id
   */
  String instanceStoreImage();

  /**
   * Has EBS lose a volume: its state is {@code error} from now on.
   *
   * @param volumeId of a volume
   * @throws IllegalArgumentException if there is no such volume
   */
  void breakVolume(String volumeId);

  /**
   * Has EBS fail to finish a snapshot: its state is {@code error} from now on.
   *
   * @param snapshotId of a snapshot
   * @throws IllegalArgumentException if there is no such snapshot
   */
  void breakSnapshot(String snapshotId);

  /**
   * Gives a volume a product code of AWS Marketplace, which its snapshots and their volumes
   * inherit.
   *
   * @param volumeId of a volume
   * @param productCode the code
   * @throws IllegalArgumentException if there is no such volume
   */
  void sell(String volumeId, String productCode);

  /**
   * Has a service manage a volume or an instance, as Amazon EKS Auto Mode does: nobody else may
   * change it.
   *
   * @param id of a volume or of an instance
   * @param principal for example {@code eks.amazonaws.com}
   * @throws IllegalArgumentException if there is no such resource
   */
  void manage(String id, String principal);

  /**
   * Puts a tag that only AWS can set, such as {@code aws:dlm:lifecycle-policy-id}.
   *
   * @param id of whatever has an id here
   * @param key begins with {@code aws:}
   * @param value its value
   */
  void tagAsAws(String id, String key, String value);

  /**
   * An Elastic IP address for an instance: moving addresses is not modelled.
   *
   * @param instanceId gets it at its primary network interface
   * @param address the address
   */
  void associateElasticIp(String instanceId, String address);

  /**
   * One more network interface for an instance: attaching them is not modelled.
   *
   * @param instanceId gets it
   */
  void attachInterface(String instanceId);

  /**
   * Has EBS be denied a key, as a key policy does; the embedded KMS does not evaluate those.
   *
   * @param keyArn the key's ARN
   */
  void denyKey(String keyArn);

  /**
   * Has the next root volume replacement task that is to attach a volume end as {@code
   * failed-detached}: the instance has no root volume then.
   *
   * @param volumeId of a volume
   * @throws IllegalArgumentException if there is no such volume
   */
  void failRootTaskDetached(String volumeId);

  /**
   * Has CopyVolumes leave the copies of encrypted volumes under the key of their source, whatever
   * key is asked for: what EBS is not known to do, for those who do not want to rely on that.
   */
  void keepKeysOfVolumeCopies();

  /**
   * Sets a quota, in every Region.
   *
   * @param quota which one
   * @param most its value
   */
  void limit(Ec2Quota quota, int most);

  /**
   * Whatever this operation begins from now on stays under way for ever.
   *
   * @param operation for example {@code CreateSnapshot}
   */
  void neverFinish(String operation);
}
