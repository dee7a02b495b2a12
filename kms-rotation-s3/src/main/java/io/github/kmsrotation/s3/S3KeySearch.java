package io.github.kmsrotation.s3;

import java.util.Collection;
import java.util.Optional;
import java.util.Set;

/**
 * Which objects are looked at when a key is to be retired: each version needs a call of its own
 * ({@code HeadObject}). The settings of every bucket are looked at in any case. Immutable.
 */
public final class S3KeySearch {

  private static final long NO_LIMIT = Long.MAX_VALUE;

  private final Optional<Set<String>> buckets;
  private final long most;

  private S3KeySearch(Optional<Set<String>> buckets, long most) {
    this.buckets = buckets;
    this.most = most;
  }

  /**
   * Every version of every object of the account in the key's Region.
   *
   * @return the search
   */
  public static S3KeySearch everyVersion() {
    return new S3KeySearch(Optional.empty(), NO_LIMIT);
  }

  /**
   * Every version of every object in these buckets. That others have none under the key is for the
   * caller to know, from S3 Inventory for example, whose reports can list the status of encryption
   * and the key.
   *
   * @param buckets their names; none, if the caller knows it of all
   * @return the search
   */
  public static S3KeySearch everyVersionIn(Collection<String> buckets) {
    return new S3KeySearch(Optional.of(Set.copyOf(buckets)), NO_LIMIT);
  }

  /**
   * Ends the look at a bucket after so many versions. If there are more, that stands in the way of
   * the retirement.
   *
   * @param versionsOfABucket 1 or more
   * @return the search
   * @throws IllegalArgumentException if less
   */
  public S3KeySearch atMost(long versionsOfABucket) {
    if (versionsOfABucket < 1) {
      throw new IllegalArgumentException("At most " + versionsOfABucket + " versions is none");
    }
    return new S3KeySearch(buckets, versionsOfABucket);
  }

  boolean covers(String bucket) {
    return buckets.map(named -> named.contains(bucket)).orElse(true);
  }

  Set<String> named() {
    return buckets.orElse(Set.of());
  }

  long most() {
    return most;
  }

  @Override
  public String toString() {
    return "S3KeySearch[buckets="
        + buckets.map(Object::toString).orElse("all")
        + ", atMost="
        + (most == NO_LIMIT ? "all" : Long.toString(most))
        + "]";
  }
}
