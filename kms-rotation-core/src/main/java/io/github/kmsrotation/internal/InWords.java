package io.github.kmsrotation.internal;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Durations and times as people read them. What programs read stays ISO-8601. */
public final class InWords {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private InWords() {}

  /**
   * A duration to the nanosecond, for what was set or is wrong.
   *
   * @param duration any
   * @return for example {@code 7 days}, {@code 59 min 59 s}, {@code minus 1 hour}
   */
  public static String exactly(Duration duration) {
    if (duration.isNegative()) {
      return "minus " + exactly(duration.negated());
    }
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(BigDecimal.valueOf(duration.toDaysPart()), "d", "day"));
    parts.add(new Part(BigDecimal.valueOf(duration.toHoursPart()), "h", "hour"));
    parts.add(new Part(BigDecimal.valueOf(duration.toMinutesPart()), "min", "minute"));
    parts.add(new Part(secondsOf(duration), "s", "second"));
    parts.removeIf(part -> part.amount().signum() == 0);
    return switch (parts.size()) {
      case 0 -> "0 seconds";
      case 1 -> parts.get(0).alone();
      default -> String.join(" ", parts.stream().map(Part::amongOthers).toList());
    };
  }

  private static BigDecimal secondsOf(Duration duration) {
    BigDecimal nanos = BigDecimal.valueOf(duration.toNanosPart(), 9);
    return nanos.add(BigDecimal.valueOf(duration.toSecondsPart())).stripTrailingZeros();
  }

  /**
   * A duration as closely as somebody wants to know it who waits or looks back: to the hour from a
   * day on, to the minute from ten minutes on, else to the second.
   *
   * @param duration any
   * @return for example {@code 8 h 8 min}, {@code 54 minutes}
   */
  public static String about(Duration duration) {
    Duration length = duration.abs();
    Duration unit =
        length.compareTo(Duration.ofDays(1)) >= 0
            ? Duration.ofHours(1)
            : length.compareTo(Duration.ofMinutes(10)) >= 0
                ? Duration.ofMinutes(1)
                : Duration.ofSeconds(1);
    long units = length.plus(unit.dividedBy(2)).dividedBy(unit);
    Duration rounded = unit.multipliedBy(units);
    return exactly(duration.isNegative() ? rounded.negated() : rounded);
  }

  /**
   * A time to the second.
   *
   * @param time any
   * @return for example {@code 2026-11-24 08:00:00 UTC}
   */
  public static String at(Instant time) {
    return TIME.format(time.truncatedTo(ChronoUnit.SECONDS));
  }

  private record Part(BigDecimal amount, String symbol, String word) {

    String alone() {
      boolean isOne = amount.compareTo(BigDecimal.ONE) == 0;
      return amount.toPlainString() + " " + word + (isOne ? "" : "s");
    }

    String amongOthers() {
      return amount.toPlainString() + " " + symbol;
    }
  }
}
