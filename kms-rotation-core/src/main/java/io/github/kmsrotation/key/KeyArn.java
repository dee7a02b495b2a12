package io.github.kmsrotation.key;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ARN of a KMS key, never of an alias. Keys are compared by this and by nothing else.
 *
 * @param value for example {@code arn:aws:kms:eu-central-1:111122223333:key/1234abcd-...}
 * @see <a href="https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html">key ARN</a>
 */
public record KeyArn(String value) {

  private static final Pattern FORM =
      Pattern.compile("arn:(aws[a-z-]*):kms:([a-z0-9-]+):([0-9]{12}):key/((?:mrk-)?[0-9a-f-]+)");

  /**
   * @throws IllegalArgumentException if it is not the ARN of a key
   */
  public KeyArn {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("Not the ARN of a KMS key: '" + value + "'");
    }
  }

  /**
   * Whether an identifier that a service tells means this key: most tell ARNs, their models allow
   * key ids as well. An alias means no key for ever.
   *
   * @param identifier what the service tells; empty if nothing
   * @return true for this ARN and for its key id
   */
  public boolean isNamedBy(Optional<String> identifier) {
    return identifier.filter(told -> told.equals(value) || told.equals(keyId())).isPresent();
  }

  /**
   * The Region of the key.
   *
   * @return for example {@code eu-central-1}
   */
  public String region() {
    return part(2);
  }

  /**
   * The account of the key.
   *
   * @return twelve digits
   */
  public String accountId() {
    return part(3);
  }

  /**
   * The key id.
   *
   * @return a UUID, or {@code mrk-} and 32 digits for a multi-Region key
   */
  public String keyId() {
    return part(4);
  }

  private String part(int group) {
    Matcher matcher = FORM.matcher(value);
    if (!matcher.matches()) {
      throw new IllegalStateException(value);
    }
    return matcher.group(group);
  }

  @Override
  public String toString() {
    return value;
  }
}
