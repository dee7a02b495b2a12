package io.github.kmsrotation.testkit.s3control;

import com.fasterxml.jackson.jr.ob.JSON;
import io.github.kmsrotation.testkit.http.AwsError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * The objects of a report of S3 Inventory in CSV: a {@code manifest.json} that names compressed
 * files and their digests.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html">Locating
 *     your inventory list</a>
 */
final class InventoryManifest {

  private final S3Calls s3;
  private final String region;

  InventoryManifest(S3Calls s3, String region) {
    this.s3 = s3;
    this.region = region;
  }

  List<Job.Task> tasks(byte[] json) {
    try {
      Map<String, Object> manifest = JSON.std.mapFrom(json);
      if (!"CSV".equals(manifest.get("fileFormat"))) {
        throw invalid("The inventory's format is " + manifest.get("fileFormat"));
      }
      String bucket = Arns.bucket(String.valueOf(manifest.get("destinationBucket")));
      List<String> schema =
          Arrays.stream(String.valueOf(manifest.get("fileSchema")).split(","))
              .map(String::strip)
              .toList();
      List<Job.Task> tasks = new ArrayList<>();
      if (manifest.get("files") instanceof List<?> files) {
        for (Object file : files) {
          read(bucket, (Map<?, ?>) file, schema, tasks);
        }
      }
      return tasks;
    } catch (IOException | ClassCastException e) {
      throw invalid("It is not an inventory's manifest: " + e.getMessage());
    }
  }

  private static AwsError invalid(String message) {
    return AwsError.badRequest("InvalidManifestContent", message);
  }

  private void read(String bucket, Map<?, ?> file, List<String> schema, List<Job.Task> tasks)
      throws IOException {
    String key = String.valueOf(file.get("key"));
    byte[] bytes = s3.call("GET", region, bucket, key).send().body();
    if (!Md5.hex(bytes).equals(file.get("MD5checksum"))) {
      throw invalid("The digest of " + key + " differs");
    }
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      String csv = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String line : csv.split("\r?\n")) {
        if (!line.isEmpty()) {
          tasks.add(task(schema, Csv.parse(line)));
        }
      }
    }
  }

  private static Job.Task task(List<String> schema, List<String> values) {
    int version = schema.indexOf("VersionId");
    return new Job.Task(
        values.get(schema.indexOf("Bucket")),
        JobManifests.decode(values.get(schema.indexOf("Key"))),
        version < 0
            ? Optional.empty()
            : Optional.of(values.get(version)).filter(id -> !id.isEmpty()));
  }
}
