package io.github.kmsrotation.testkit.kms;

import io.github.kmsrotation.testkit.http.AwsError;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/** AES-GCM under one material; the blob names the key and the material. */
final class Ciphertexts {

  private static final int NONCE_LENGTH = 12;
  private static final int TAG_BITS = 128;

  /** A ciphertext taken apart. */
  record Blob(String keyArn, String materialId, ByteBuffer nonce, ByteBuffer sealed) {}

  private Ciphertexts() {}

  static byte[] seal(KmsKey key, byte[] plaintext, Map<String, String> context) {
    Material material = key.family.current();
    byte[] nonce = new byte[NONCE_LENGTH];
    new SecureRandom().nextBytes(nonce);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF(key.arn);
      out.writeUTF(material.id());
      out.write(nonce);
      out.write(crypt(Cipher.ENCRYPT_MODE, material, nonce, plaintext, context));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static Blob parse(byte[] blob) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(blob))) {
      String arn = in.readUTF();
      String material = in.readUTF();
      byte[] nonce = in.readNBytes(NONCE_LENGTH);
      return new Blob(arn, material, ByteBuffer.wrap(nonce), ByteBuffer.wrap(in.readAllBytes()));
    } catch (IOException e) {
      throw invalid();
    }
  }

  static byte[] open(KmsKey key, Blob blob, Map<String, String> context) {
    for (Material material : key.family.materials) {
      if (material.id().equals(blob.materialId())) {
        return crypt(
            Cipher.DECRYPT_MODE, material, bytes(blob.nonce()), bytes(blob.sealed()), context);
      }
    }
    throw invalid();
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private static byte[] crypt(
      int mode, Material material, byte[] nonce, byte[] data, Map<String, String> context) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, material.secret().key(), new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(new TreeMap<>(context).toString().getBytes(StandardCharsets.UTF_8));
      return cipher.doFinal(data);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw invalid();
    }
  }

  private static AwsError invalid() {
    return AwsError.badRequest("InvalidCiphertextException", "");
  }
}
