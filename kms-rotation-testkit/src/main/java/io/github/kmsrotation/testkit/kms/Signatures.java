package io.github.kmsrotation.testkit.kms;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.EdDSAParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.BadPaddingException;
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

  private final KeyPair pair;
  private final String algorithm;
  private final boolean isDigest;
  private final int bits;

  /**
   * @param pair the key pair
   * @param algorithm as AWS names it
   * @param isDigest whether messages are hashed already
   */
  Signatures(KeyPair pair, String algorithm, boolean isDigest) {
    this.pair = pair;
    this.algorithm = algorithm;
    this.isDigest = isDigest;
    this.bits = Integer.parseInt(algorithm.substring(algorithm.length() - 3));
  }

  byte[] sign(byte[] message) {
    checkType(message);
    try {
      if (isDigest && is("RSASSA_PKCS1")) {
        return signDigestInfo(message);
      }
      if (isDigest && is("RSASSA_PSS")) {
        return new PssDigests(bits).sign(pair, message);
      }
      Signature signature = signature();
      signature.initSign(pair.getPrivate());
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Signing with " + algorithm + " failed", e);
    }
  }

  boolean verify(byte[] message, byte[] given) {
    checkType(message);
    try {
      if (isDigest && is("RSASSA_PKCS1")) {
        return MessageDigest.isEqual(signDigestInfo(message), given);
      }
      if (isDigest && is("RSASSA_PSS")) {
        return new PssDigests(bits).verify(pair, message, given);
      }
      Signature signature = signature();
      signature.initVerify(pair.getPublic());
      signature.update(message);
      return signature.verify(given);
    } catch (SignatureException | BadPaddingException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Verification with " + algorithm + " failed", e);
    }
  }

  private boolean is(String family) {
    return algorithm.startsWith(family);
  }

  private void checkType(byte[] message) {
    if (is("ED25519") && isDigest != is("ED25519_PH")) {
      throw KmsRules.validation(
          algorithm + " requires MessageType " + (isDigest ? "RAW." : "DIGEST."));
    }
    if (isDigest && message.length != bits / 8) {
      throw KmsRules.validation(
          "Digest is invalid length for algorithm: it must have " + bits / 8 + " bytes.");
    }
  }

  private byte[] signDigestInfo(byte[] digest) throws GeneralSecurityException {
    byte[] prefix = HexFormat.of().parseHex(DIGEST_INFO.getOrDefault(bits, ""));
    Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
    cipher.init(Cipher.ENCRYPT_MODE, pair.getPrivate());
    return cipher.doFinal(
        ByteBuffer.allocate(prefix.length + digest.length).put(prefix).put(digest).array());
  }

  private Signature signature() throws GeneralSecurityException {
    if (is("ED25519")) {
      Signature signature = Signature.getInstance("Ed25519");
      // with a pre-hash, AWS KMS hashes the digest once more, and so does the JDK
      signature.setParameter(new EdDSAParameterSpec(is("ED25519_PH")));
      return signature;
    }
    if (is("ECDSA")) {
      return Signature.getInstance((isDigest ? "NONE" : "SHA" + bits) + "withECDSA");
    }
    return is("RSASSA_PKCS1") ? Signature.getInstance("SHA" + bits + "withRSA") : pss();
  }

  private Signature pss() throws GeneralSecurityException {
    Signature signature = Signature.getInstance("RSASSA-PSS");
    String digest = "SHA-" + bits;
    signature.setParameter(
        new PSSParameterSpec(digest, "MGF1", new MGF1ParameterSpec(digest), bits / 8, 1));
    return signature;
  }
}
