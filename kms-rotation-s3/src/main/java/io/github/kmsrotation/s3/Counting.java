package io.github.kmsrotation.s3;

import io.github.kmsrotation.aws.AwsReader;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * Counts all versions in the background, so that it can be said when a run will end: S3 tells
 * nobody how many there are but by listing them. That is one more call for a thousand versions. For
 * one thread.
 */
final class Counting {

  private final VersionListing listing;
  private final Workers workers;
  private Optional<Future<Long>> count = Optional.empty();

  Counting(VersionListing listing, Workers workers) {
    this.listing = listing;
    this.workers = workers;
  }

  /** Begins, unless it has. */
  void begin(AwsReader reader) {
    if (count.isEmpty()) {
      count = Optional.of(workers.ahead(() -> listing.count(reader)));
    }
  }

  /** How many there were; empty as long as they are being counted, and if that failed. */
  OptionalLong result() {
    if (count.isEmpty() || !count.get().isDone()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(count.get().get());
    } catch (ExecutionException e) {
      return OptionalLong.empty(); // the sweep lists the same, and tells what is wrong with it
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalLong.empty();
    }
  }
}
