package io.github.kmsrotation.journal.dynamodb;

import io.github.kmsrotation.journal.JournalCorruptedException;
import io.github.kmsrotation.plan.RunId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What the items of the table look like. A run's items are numbered: first who began it, then its
 * entries, and in between who took it up and that it was let go.
 */
final class Items {

  static final String PARTITION = "partition";
  static final String ENTRY = "entry";
  static final String RUNS = "runs";
  static final String BEAT = "beat";
  static final String HOLDER = "holder";
  static final String FORMAT = "1";

  private static final String RUN = "run#";
  private static final String OWNER_PARTITION = "owner#";
  private static final String CLAIM_PARTITION = "claim#";
  private static final String CLAIM_ENTRY = "claim";
  private static final String LEASE_ENTRY = "lease";
  private static final String KIND = "kind";
  private static final String OWNER = "owner";
  private static final String FORMAT_NAME = "format";
  private static final String LINE = "line";
  private static final String PACKED = "packed";
  private static final String LEASE = "lease";

  /** Plans are long, and an item has 400 KB at most. */
  private static final int PACKED_FROM = 4096;

  private static final int MOST_UNPACKED = 64 << 20;

  /** What an item of a run tells. */
  enum Kind {
    OWNED,
    WRITTEN,
    RELEASED
  }

  private Items() {}

  static String partition(RunId runId) {
    return RUN + runId.value();
  }

  static Map<String, AttributeValue> listed(RunId runId) {
    return Map.of(PARTITION, text(RUNS), ENTRY, text(runId.value()));
  }

  static Optional<RunId> runId(Map<String, AttributeValue> listed) {
    return runId(value(listed, ENTRY));
  }

  static Optional<RunId> runId(String id) {
    return id.matches("[a-z][a-z0-9]{9}") ? Optional.of(new RunId(id)) : Optional.empty();
  }

  static Map<String, AttributeValue> owned(RunId runId, int number, String owner) {
    return Map.of(
        PARTITION,
        text(partition(runId)),
        ENTRY,
        numbered(number),
        KIND,
        text(Kind.OWNED.name()),
        OWNER,
        text(owner),
        FORMAT_NAME,
        text(FORMAT));
  }

  static Map<String, AttributeValue> released(RunId runId, int number, String owner) {
    return Map.of(
        PARTITION,
        text(partition(runId)),
        ENTRY,
        numbered(number),
        KIND,
        text(Kind.RELEASED.name()),
        OWNER,
        text(owner));
  }

  static Map<String, AttributeValue> written(RunId runId, int number, String owner, String line) {
    boolean packed = line.length() >= PACKED_FROM;
    return Map.of(
        PARTITION,
        text(partition(runId)),
        ENTRY,
        numbered(number),
        KIND,
        text(Kind.WRITTEN.name()),
        OWNER,
        text(owner),
        packed ? PACKED : LINE,
        packed ? AttributeValue.fromB(SdkBytes.fromByteArray(pack(line))) : text(line));
  }

  static Map<String, AttributeValue> claim(String resource, RunId run) {
    Map<String, AttributeValue> item = new HashMap<>(claimKey(resource));
    item.put(HOLDER, text(run.value()));
    return item;
  }

  static Map<String, AttributeValue> claimKey(String resource) {
    return Map.of(PARTITION, text(CLAIM_PARTITION + resource), ENTRY, text(CLAIM_ENTRY));
  }

  static Map<String, AttributeValue> lease(String owner, long beat, Duration lease) {
    return Map.of(
        PARTITION,
        text(OWNER_PARTITION + owner),
        ENTRY,
        text(LEASE_ENTRY),
        BEAT,
        beat(beat),
        LEASE,
        text(lease.toString()));
  }

  static AttributeValue beat(long beat) {
    return AttributeValue.fromN(Long.toString(beat));
  }

  static Map<String, AttributeValue> leaseKey(String owner) {
    return Map.of(PARTITION, text(OWNER_PARTITION + owner), ENTRY, text(LEASE_ENTRY));
  }

  static boolean isNumbered(Map<String, AttributeValue> item, int number) {
    return value(item, ENTRY).equals(numbered(number).s());
  }

  static Kind kind(Map<String, AttributeValue> item, String place) {
    String name = value(item, KIND);
    for (Kind kind : Kind.values()) {
      if (kind.name().equals(name)) {
        return kind;
      }
    }
    throw new JournalCorruptedException(
        place + " is damaged: it is of kind '" + name + "'. The run was not touched.");
  }

  static String owner(Map<String, AttributeValue> item) {
    return value(item, OWNER);
  }

  static String format(Map<String, AttributeValue> item) {
    return value(item, FORMAT_NAME);
  }

  static String line(Map<String, AttributeValue> item, String place) {
    AttributeValue packed = item.get(PACKED);
    if (packed == null || packed.b() == null) {
      return value(item, LINE);
    }
    try {
      return unpack(packed.b().asByteArrayUnsafe());
    } catch (IOException e) {
      throw new JournalCorruptedException(
          place + " is damaged: " + e.getMessage() + ". The run was not touched.", e);
    }
  }

  /** A text or number; empty if there is none. */
  static String value(Map<String, AttributeValue> item, String name) {
    AttributeValue value = item.get(name);
    if (value == null) {
      return "";
    }
    return Optional.ofNullable(value.s()).or(() -> Optional.ofNullable(value.n())).orElse("");
  }

  static Duration lease(Map<String, AttributeValue> item) {
    return Duration.parse(value(item, LEASE));
  }

  static AttributeValue text(String value) {
    return AttributeValue.fromS(value);
  }

  private static AttributeValue numbered(int number) {
    return text(String.format("%010d", number));
  }

  private static byte[] pack(String line) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(line.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static String unpack(byte[] packed) throws IOException {
    try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      byte[] bytes = gzip.readNBytes(MOST_UNPACKED);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
