package io.github.kmsrotation.testkit.ec2;

/** What runs on the instances, as far as EC2 has to do with it. Used under the lock. */
public interface Guest {

  /** Nothing runs. */
  Guest NOTHING =
      new Guest() {
        @Override
        public boolean holds(String instanceId, String volumeId) {
          return false;
        }

        @Override
        public void detached(String instanceId, String volumeId) {}

        @Override
        public void stopped(String instanceId) {}
      };

  /**
   * Whether an instance's operating system uses a volume, so that EC2 cannot detach it.
   *
   * @param instanceId the instance
   * @param volumeId a volume that is attached to it
   * @return true if it is mounted, for example
   */
  boolean holds(String instanceId, String volumeId);

  /**
   * A volume is gone.
   *
   * @param instanceId the instance
   * @param volumeId the volume
   */
  void detached(String instanceId, String volumeId);

  /**
   * An instance is off.
   *
   * @param instanceId the instance
   */
  void stopped(String instanceId);
}
