package io.github.kmsrotation.testkit.s3;

import java.util.Comparator;

/** The order of keys in lists: that of their UTF-8 bytes, which UTF-16 has for almost all. */
final class KeyOrder implements Comparator<String> {

  static final KeyOrder INSTANCE = new KeyOrder();

  private KeyOrder() {}

  @Override
  public int compare(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        return Character.isSurrogate(x) == Character.isSurrogate(y)
            ? Character.compare(x, y)
            : Boolean.compare(Character.isSurrogate(x), Character.isSurrogate(y));
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /** The least key that is greater than all that begin with a prefix. */
  static String after(String prefix) {
    return prefix + Character.toString(Character.MAX_CODE_POINT);
  }
}
