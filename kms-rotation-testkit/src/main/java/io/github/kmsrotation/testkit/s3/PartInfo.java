package io.github.kmsrotation.testkit.s3;

import java.util.Optional;

/**
 * A part of an object that was uploaded in parts.
 *
 * @param number its number when it was uploaded
 * @param size bytes
 * @param checksum its checksum
 */
record PartInfo(int number, long size, Optional<ObjectChecksum> checksum) {}
