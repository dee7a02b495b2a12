package io.github.kmsrotation.spi;

import io.github.kmsrotation.aws.AwsReader;
import java.util.List;

/**
 * What earlier runs of one kind made and left in an account and Region. Used by one thread at a
 * time.
 */
public interface Leftovers extends AutoCloseable {

  /**
   * Looks, by the tag {@link io.github.kmsrotation.plan.RunId#TAG_KEY}. Changes nothing.
   *
   * @param reader makes the calls
   * @return what there is, in the order in which it can be removed
   * @throws io.github.kmsrotation.error.MissingPermissionException if AWS denied a look
   * @throws io.github.kmsrotation.aws.AwsUnavailableException if AWS kept failing
   */
  List<Leftover> find(AwsReader reader);

  /**
   * Sends the one call that removes something, and does not wait for its end.
   *
   * @param leftover what {@link #find} gave, with nothing that says to keep it
   */
  void remove(Leftover leftover);

  /** Closes the clients that were made for it. */
  @Override
  void close();

  /**
   * Of a kind that leaves nothing.
   *
   * @return finds nothing
   */
  static Leftovers none() {
    return new Leftovers() {
      @Override
      public List<Leftover> find(AwsReader reader) {
        return List.of();
      }

      @Override
      public void remove(Leftover leftover) {
        throw new IllegalArgumentException("Not found here: " + leftover);
      }

      @Override
      public void close() {}
    };
  }
}
