package io.github.kmsrotation.ebs;

/**
 * Takes data volumes out of use while their instance stays up, and into use again: the caller's own
 * means, such as stopping a service and unmounting. Writes that are made between the two would be
 * lost.
 *
 * <p>A root volume that a task replaces ({@link EbsOptions.Builder#replaceRootVolume}) cannot be
 * unmounted: there, what is frozen is not written to, such as by stopping services and remounting
 * it read-only, and the instance is rebooted before it is thawed.
 *
 * <p>Both methods may be called again after a crash, so they must be harmless when there is nothing
 * to do. They are called on the runner's thread, once for each volume. An exception stops the run.
 */
public interface VolumeFreeze {

  /**
   * Takes a volume out of use. When this returns, all that was written is on the volume, it is not
   * mounted, and nothing writes to it.
   *
   * @param volume the volume that is attached now
   */
  void freeze(AttachedVolume volume);

  /**
   * Takes a volume into use again, at the same mount point.
   *
   * @param volume the volume that is attached now: the new one, or after a roll-back the original
   */
  void thaw(AttachedVolume volume);
}
