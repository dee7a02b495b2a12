package io.github.kmsrotation.kms;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Where imported key material comes from: a file, an HSM, a vault. AWS KMS does not give imported
 * material back, so the source has to keep it for as long as anything is encrypted under the key.
 *
 * <p>It is asked once when planning, to see that the material is there and of the right length, and
 * again for every import, after a crash in another process, too. For one run it has to answer the
 * same material every time, and other material for every other run: KMS refuses material that a key
 * has had before. Only where the request names a {@code keyMaterialId} the material is not new: it
 * is the one that has that id. The library wipes the array that it is given as soon as the material
 * is wrapped, so that every call has to return an array of its own, and neither writes, logs nor
 * prints it.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys.html">Importing
 *     key material</a>
 */
@FunctionalInterface
public interface KeyMaterialSource {

  /**
   * The key material in plain.
   *
   * @param request for which run and what sort of key
   * @return the material; the caller of this method wipes it
   */
  byte[] material(KeyMaterialRequest request);

  /**
   * Reads the material from a file that holds it as it is, for one run.
   *
   * @param file the file
   * @return a source whose exception, if the file cannot be read, names the file
   */
  static KeyMaterialSource ofFile(Path file) {
    Objects.requireNonNull(file, "file");
    return request -> {
      try {
        return Files.readAllBytes(file);
      } catch (IOException e) {
        throw new UncheckedIOException("The key material in " + file + " cannot be read", e);
      }
    };
  }
}
