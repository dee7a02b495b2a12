package io.github.kmsrotation.testkit.kms;

/** What a key is made as, and stays. */
record KeyForm(String spec, String usage, String origin, boolean multiRegion) {

  boolean isSymmetric() {
    return spec.equals(KeySpecs.SYMMETRIC);
  }

  boolean isExternal() {
    return origin.equals("EXTERNAL");
  }

  boolean isInCustomKeyStore() {
    return origin.equals("AWS_CLOUDHSM") || origin.equals("EXTERNAL_KEY_STORE");
  }

  /** Whether it can have several materials. */
  boolean hasRotations() {
    return isSymmetric() && !isInCustomKeyStore();
  }
}
