/**
 * Rotates the KMS key of EBS volumes: snapshots of one point in time, or copies of volumes, new
 * volumes directly under the new key, verification, a swap on the same instance or a task that
 * replaces a root volume, retirement of the originals. Also of snapshots and AMIs, which are
 * copied, and of the account's default key.
 *
 * <table>
 *   <caption>What a new volume has of the original</caption>
 *   <tr><th>kept</th><td>size, type, IOPS, throughput, Multi-Attach, Availability Zone, Outpost,
 *     tags; of the attachment the device name and DeleteOnTermination</td></tr>
 *   <tr><th>not kept, and said in the plan</th><td>the volume id; tags that AWS made ({@code aws:});
 *     auto-enabled I/O; the speed of blocks that were not read yet; what names the volume from
 *     outside, such as PersistentVolumes, infrastructure code or lifecycle policies</td></tr>
 * </table>
 */
@NullMarked
package io.github.kmsrotation.ebs;

import org.jspecify.annotations.NullMarked;
