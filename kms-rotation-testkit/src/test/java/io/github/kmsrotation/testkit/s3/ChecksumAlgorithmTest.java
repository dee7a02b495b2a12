package io.github.kmsrotation.testkit.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checksums are those of the catalogue, and combine to that of the whole. */
class ChecksumAlgorithmTest {

  @ParameterizedTest
  @CsvSource({"CRC32, cbf43926", "CRC32C, e3069283", "CRC64NVME, ae8b14860a799888"})
  void checkValue_isThatOfTheCatalogue(ChecksumAlgorithm algorithm, String expected) {
    byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);

    assertThat(HexFormat.of().formatHex(digest(algorithm, digits))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"CRC32, 1", "CRC32C, 1000", "CRC64NVME, 65537", "CRC64NVME, 100000"})
  void combinedChecksum_isThatOfTheWhole(ChecksumAlgorithm algorithm, int firstLength) {
    byte[] whole = new byte[100_000];
    new Random(firstLength).nextBytes(whole);
    byte[] first = Arrays.copyOf(whole, firstLength);
    byte[] second = Arrays.copyOfRange(whole, firstLength, whole.length);

    byte[] combined =
        algorithm.combine(digest(algorithm, first), digest(algorithm, second), second.length);

    assertThat(combined).isEqualTo(digest(algorithm, whole));
  }

  private static byte[] digest(ChecksumAlgorithm algorithm, byte[] bytes) {
    return Digester.digest(Digester.of(algorithm), bytes);
  }
}
