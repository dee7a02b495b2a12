package io.github.kmsrotation.key;

import java.util.List;
import java.util.Objects;

/** How a key is to be rotated, and why, in words that an auditor can read. */
public sealed interface RotationDecision {

  /** True of every decision that rotates material, and said in it. */
  String RE_ENCRYPTS_NOTHING =
      "Rotating the key material of a KMS key re-encrypts no existing data: AWS KMS keeps all"
          + " former material for decryption.";

  /**
   * Why.
   *
   * @return what was decided and what it rests on
   */
  Rationale rationale();

  /**
   * Reasons in words, with their source.
   *
   * @param text sentences
   * @param document the AWS document that they rest on
   */
  record Rationale(String text, String document) {
    /** Checks for null. */
    public Rationale {
      Objects.requireNonNull(text, "text");
      Objects.requireNonNull(document, "document");
    }

    /**
     * The reasons as lines of a plan.
     *
     * @return sentences, then the document
     */
    public List<String> lines() {
      return List.of(text, "See " + document);
    }
  }

  /**
   * Nothing is to be done.
   *
   * @param rationale why not
   */
  record NothingToDo(Rationale rationale) implements RotationDecision {}

  /**
   * AWS KMS rotates the material by itself.
   *
   * @param periodInDays the period to set, 90 to 2560
   * @param rationale why
   */
  record AutomaticRotation(int periodInDays, Rationale rationale) implements RotationDecision {}

  /**
   * The material is rotated once, now; for imported material, new material is imported first.
   *
   * @param rationale why
   */
  record OnDemandRotation(Rationale rationale) implements RotationDecision {}

  /**
   * A new key, and the data moved to it.
   *
   * @param rationale why
   */
  record ManualRotation(Rationale rationale) implements RotationDecision {}

  /**
   * Not as things stand.
   *
   * @param rationale why not
   * @param wayOut what to do first
   */
  record NotPossible(Rationale rationale, String wayOut) implements RotationDecision {}
}
