package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.http.AwsError;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Cipher;

/**
 * Signatures as AWS KMS makes them, with the JDK's algorithms: PSS salts are as long as the digest,
 * ECDSA signatures are in ASN.1.
 *
 * @see <a href="https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html">Sign</a>
 */
final class Signatures {

  /** What PKCS #1 v1.5 puts before a digest: RFC 8017, section 9.2, note 1. */
  private static final Map<Integer, String> DIGEST_INFO =
      Map.of(
          256, "3031300d060960864801650304020105000420",
          384, "3041300d060960864801650304020205000430",
          512, "3051300d060960864801650304020305000440");

  private Signatures() {}

  static byte[] sign(KeyPair pair, String algorithm, byte[] message, boolean isDigest) {
    try {
      if (isDigest && algorithm.startsWith("RSASSA_PKCS1")) {
        Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
        cipher.init(Cipher.ENCRYPT_MODE, pair.getPrivate());
        return cipher.doFinal(digestInfo(algorithm, message));
      }
      Signature signature = signature(algorithm, message, isDigest);
      signature.initSign(pair.getPrivate());
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Signing with " + algorithm + " failed", e);
    }
  }

  static boolean verify(
      KeyPair pair, String algorithm, byte[] message, boolean isDigest, byte[] given) {
    try {
      if (isDigest && algorithm.startsWith("RSASSA_PKCS1")) {
        return MessageDigest.isEqual(sign(pair, algorithm, message, true), given);
      }
      Signature signature = signature(algorithm, message, isDigest);
      signature.initVerify(pair.getPublic());
      signature.update(message);
      return signature.verify(given);
    } catch (SignatureException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Verification with " + algorithm + " failed", e);
    }
  }

  private static Signature signature(String algorithm, byte[] message, boolean isDigest)
      throws GeneralSecurityException {
    if (algorithm.equals("ED25519_SHA_512")) {
      if (isDigest) {
        throw KmsRules.validation("ED25519_SHA_512 requires MessageType RAW.");
      }
      return Signature.getInstance("Ed25519");
    }
    int bits = bits(algorithm);
    if (algorithm.startsWith("ECDSA")) {
      if (isDigest) {
        checkDigest(bits, message);
      }
      return Signature.getInstance((isDigest ? "NONE" : "SHA" + bits) + "withECDSA");
    }
    if (algorithm.startsWith("RSASSA_PKCS1")) {
      return Signature.getInstance("SHA" + bits + "withRSA");
    }
    if (!algorithm.startsWith("RSASSA_PSS") || isDigest) {
      throw AwsError.notModelled(algorithm + (isDigest ? " of a digest" : ""));
    }
    return pss(bits);
  }

  private static Signature pss(int bits) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("RSASSA-PSS");
    String digest = "SHA-" + bits;
    signature.setParameter(
        new PSSParameterSpec(digest, "MGF1", new MGF1ParameterSpec(digest), bits / 8, 1));
    return signature;
  }

  private static int bits(String algorithm) {
    return Integer.parseInt(algorithm.substring(algorithm.length() - 3));
  }

  private static byte[] digestInfo(String algorithm, byte[] digest) {
    int bits = bits(algorithm);
    checkDigest(bits, digest);
    byte[] prefix = HexFormat.of().parseHex(DIGEST_INFO.getOrDefault(bits, ""));
    return ByteBuffer.allocate(prefix.length + digest.length).put(prefix).put(digest).array();
  }

  private static void checkDigest(int bits, byte[] digest) {
    if (digest.length != bits / 8) {
      throw KmsRules.validation(
          "Digest is invalid length for algorithm: it must have " + bits / 8 + " bytes.");
    }
  }
}
