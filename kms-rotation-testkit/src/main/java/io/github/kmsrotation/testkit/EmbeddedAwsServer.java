package io.github.kmsrotation.testkit;

import io.github.kmsrotation.testkit.clock.TestClock;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * The embedded AWS as a program, for the AWS CLI and for other languages. It runs until it is
 * interrupted or terminated, and takes with it all that it holds.
 *
 * <p>Options: {@code --port} (0 to 65535, 0 being any free one), {@code --region}, {@code
 * --account} (twelve digits), {@code --speed} (1 to 1,000,000 times as fast as time). Defaults are
 * those of {@link EmbeddedAws}, except that the port is {@value #DEFAULT_PORT}: clients have it in
 * their configuration, so it should not change, and it is the one that tools for a local AWS try
 * first.
 */
public final class EmbeddedAwsServer {

  /** The port if none is given. */
  public static final int DEFAULT_PORT = 4566;

  private static final String USAGE =
      """
      Options, all of which may be left out:
        --port N     0 to 65535, 0 being any free one; 4566 by default
        --region R   the Region that is proposed to clients; eu-central-1 by default
        --account A  twelve digits; 111122223333 by default
        --speed S    1 to 1000000 times as fast as time; 600 by default\
      """;

  private static final int BAD_OPTIONS = 2;
  private static final int CANNOT_START = 1;

  private EmbeddedAwsServer() {}

  /**
   * Starts, prints where it is, and runs until it is ended. Exits with 2 if the options are wrong
   * and with 1 if it cannot start.
   *
   * @param arguments the options
   * @throws InterruptedException if interrupted
   */
  public static void main(String[] arguments) throws InterruptedException {
    if (List.of(arguments).contains("--help")) {
      System.out.println(USAGE);
      return;
    }
    EmbeddedAws aws = startOrExit(arguments);
    System.out.println(greeting(aws));
    System.out.flush();
    new CountDownLatch(1).await();
  }

  private static EmbeddedAws startOrExit(String[] arguments) {
    try {
      return builder(List.of(arguments)).start();
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + System.lineSeparator() + USAGE);
      System.exit(BAD_OPTIONS);
      throw e;
    } catch (UncheckedIOException e) {
      System.err.println(
          e.getMessage() + " (" + e.getCause() + "). Give another one, or 0 for any: --port 0");
      System.exit(CANNOT_START);
      throw e;
    }
  }

  private static EmbeddedAws.Builder builder(List<String> arguments) {
    EmbeddedAws.Builder builder = EmbeddedAws.builder().port(DEFAULT_PORT);
    Deque<String> left = new ArrayDeque<>(arguments);
    while (!left.isEmpty()) {
      String option = left.remove();
      if (!List.of("--port", "--region", "--account", "--speed").contains(option)) {
        throw new IllegalArgumentException("There is no option " + option + ".");
      }
      if (left.isEmpty()) {
        throw new IllegalArgumentException(option + " needs a value.");
      }
      apply(builder, option, left.remove());
    }
    return builder;
  }

  private static void apply(EmbeddedAws.Builder builder, String option, String value) {
    try {
      switch (option) {
        case "--port" -> builder.port(Integer.parseInt(value));
        case "--region" -> builder.region(value);
        case "--account" -> builder.accountId(value);
        default -> builder.clock(TestClock.running(Double.parseDouble(value)));
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(option + " " + value + ": that is not a number.", e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(option + " " + value + ": " + e.getMessage(), e);
    }
  }

  private static String greeting(EmbeddedAws aws) {
    return """
    The embedded AWS serves kms, rds, ec2, elasticloadbalancing, autoscaling, ssm, s3, dynamodb and sts \
    at %1$s
    It ends on Ctrl-C or SIGTERM, and takes with it all that it holds. For the AWS CLI and SDKs:

      export AWS_ENDPOINT_URL=%1$s
      export AWS_REGION=%2$s AWS_DEFAULT_REGION=%2$s
      export AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any
      aws sts get-caller-identity
    """
        .formatted(aws.endpoint(), aws.region());
  }
}
