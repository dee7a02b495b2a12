package io.github.kmsrotation.testkit.s3;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/** Computes a checksum while bytes pass. Not safe for use by several threads. */
abstract class Digester {

  abstract void update(byte[] bytes, int offset, int length);

  abstract byte[] finish();

  static Digester of(ChecksumAlgorithm algorithm) {
    return switch (algorithm) {
      case CRC32 -> crc(algorithm, new CRC32());
      case CRC32C -> crc(algorithm, new CRC32C());
      case CRC64NVME -> crc(algorithm, new Crc64Nvme());
      case SHA1, SHA256 -> hash(algorithm.sha().orElseThrow());
    };
  }

  static Digester md5() {
    return hash("MD5");
  }

  static byte[] digest(Digester digester, byte[] bytes) {
    digester.update(bytes, 0, bytes.length);
    return digester.finish();
  }

  private static Digester crc(ChecksumAlgorithm algorithm, Checksum crc) {
    return new Digester() {
      @Override
      void update(byte[] bytes, int offset, int length) {
        crc.update(bytes, offset, length);
      }

      @Override
      byte[] finish() {
        return algorithm.bytes(crc.getValue());
      }
    };
  }

  private static Digester hash(String name) {
    try {
      MessageDigest digest = MessageDigest.getInstance(name);
      return new Digester() {
        @Override
        void update(byte[] bytes, int offset, int length) {
          digest.update(bytes, offset, length);
        }

        @Override
        byte[] finish() {
          return digest.digest();
        }
      };
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
