package io.github.kmsrotation.testkit.s3control;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.s3.BatchReplication;
import io.github.kmsrotation.testkit.s3.Xml;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The objects of a job: read from a list that was given, or found in a bucket by filters, of which
 * the current versions are taken. A list that does not have the ETag that the job names, or that
 * cannot be read, fails the job, and so does one in CSV that is under a KMS key, or that has
 * version IDs for some objects and not for all. Those found by replication are all versions, and
 * delete markers, that the bucket's replication configuration takes.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-create-job.html">Specifying
 *     a manifest</a>
 */
final class JobManifests {

  private static final String SSE = "x-amz-server-side-encryption";

  private final S3Calls s3;
  private final BatchReplication replication;

  JobManifests(S3Calls s3, BatchReplication replication) {
    this.s3 = s3;
    this.replication = replication;
  }

  List<Job.Task> tasks(Job job) {
    Optional<Xml> manifest = job.request.child("Manifest");
    return manifest.isPresent() ? given(job, manifest.get()) : generated(job);
  }

  private List<Job.Task> given(Job job, Xml manifest) {
    Xml location = manifest.child("Location").orElseThrow();
    Arns.ObjectName name = Arns.object(location.required("ObjectArn"));
    S3Calls.Answer answer =
        s3.call("GET", job.region, name.bucket(), name.key())
            .query("versionId", location.value("ObjectVersionId"))
            .send();
    String etag = answer.header("ETag").orElse("").replace("\"", "");
    if (!etag.equals(location.required("ETag").replace("\"", ""))) {
      throw AwsError.badRequest(
          "ManifestETagMismatch", "The manifest's ETag is " + etag + ", not what the job names.");
    }
    if (isInventory(manifest)) {
      return new InventoryManifest(s3, job.region).tasks(answer.body());
    }
    if (answer.header(SSE).orElse("").startsWith("aws:kms")) {
      throw AwsError.badRequest(
          "InvalidManifestContent", "A manifest in CSV that is under a KMS key is not supported.");
    }
    List<String> fields =
        manifest.child("Spec").orElseThrow().child("Fields").orElseThrow().all("member").stream()
            .map(Xml::text)
            .toList();
    List<Job.Task> tasks = new ArrayList<>();
    for (String line : new String(answer.body(), StandardCharsets.UTF_8).split("\r?\n")) {
      if (!line.isEmpty()) {
        tasks.add(task(fields, Csv.parse(line)));
      }
    }
    return tasks;
  }

  private static boolean isInventory(Xml manifest) {
    return manifest
        .child("Spec")
        .orElseThrow()
        .required("Format")
        .equals("S3InventoryReport_CSV_20161130");
  }

  private static Job.Task task(List<String> fields, List<String> values) {
    if (values.size() != fields.size()) {
      throw AwsError.badRequest(
          "InvalidManifestContent", "A line of the manifest has not the fields " + fields);
    }
    int version = fields.indexOf("VersionId");
    if (version >= 0 && values.get(version).isEmpty()) {
      throw AwsError.badRequest(
          "InvalidManifestContent", "A manifest with version IDs has to have one for every object");
    }
    return new Job.Task(
        values.get(fields.indexOf("Bucket")),
        decode(values.get(fields.indexOf("Key"))),
        version < 0 ? Optional.empty() : Optional.of(values.get(version)));
  }

  /** Keys in manifests are URL-encoded. */
  static String decode(String key) {
    try {
      return URLDecoder.decode(key, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw AwsError.badRequest("InvalidManifestContent", "A key is not URL-encoded: " + key);
    }
  }

  private List<Job.Task> generated(Job job) {
    Xml generator = generator(job);
    String bucket = Arns.bucket(generator.required("SourceBucket"));
    ObjectFilter filter = ObjectFilter.of(generator.child("Filter"));
    List<Job.Task> tasks = new ArrayList<>();
    if (filter.isByReplication()) {
      s3.call("GET", job.region, bucket, "").query("replication", "").send();
      replication.eligibleForReplication(bucket).stream()
          .filter(found -> filter.takes(found.key(), found.status()))
          .map(found -> new Job.Task(bucket, found.key(), Optional.of(found.versionId())))
          .forEach(tasks::add);
    } else {
      addCurrent(tasks, job, bucket, filter);
    }
    if (generator.required("EnableManifestOutput").equals("true")) {
      write(job, generator, tasks);
    }
    return tasks;
  }

  private void addCurrent(List<Job.Task> tasks, Job job, String bucket, ObjectFilter filter) {
    Optional<String> token = Optional.empty();
    do {
      Xml page =
          Xml.parse(
              s3.call("GET", job.region, bucket, "")
                  .query("list-type", "2")
                  .query("continuation-token", token)
                  .send()
                  .body(),
              "ListBucketResult");
      for (Xml object : page.all("Contents")) {
        add(tasks, job, bucket, object, filter);
      }
      token = page.value("NextContinuationToken");
    } while (token.isPresent());
  }

  static Xml generator(Job job) {
    return job.request
        .child("ManifestGenerator")
        .flatMap(generator -> generator.child("S3JobManifestGenerator"))
        .orElseThrow();
  }

  private void add(List<Job.Task> tasks, Job job, String bucket, Xml object, ObjectFilter filter) {
    String key = object.required("Key");
    if (filter.takes(object) && (!filter.needsEncryption() || takes(job, bucket, key, filter))) {
      tasks.add(new Job.Task(bucket, key, Optional.empty()));
    }
  }

  /** An object under a customer's key cannot be looked at, and is known by that. */
  private boolean takes(Job job, String bucket, String key, ObjectFilter filter) {
    try {
      return filter.takes(s3.call("HEAD", job.region, bucket, key).send());
    } catch (AwsError e) {
      if (e.code().equals("InvalidRequest")) {
        return filter.takesCustomerKeys();
      }
      throw e;
    }
  }

  private void write(Job job, Xml generator, List<Job.Task> tasks) {
    Xml location =
        generator
            .child("ManifestOutputLocation")
            .orElseThrow(
                () -> AwsError.badRequest("InvalidRequest", "ManifestOutputLocation is missing"));
    String bucket = Arns.bucket(location.required("Bucket"));
    StringBuilder csv = new StringBuilder();
    for (Job.Task task : tasks) {
      String key = S3Calls.encode(task.key());
      csv.append(
          task.versionId()
              .map(version -> Csv.line(task.bucket(), key, version))
              .orElseGet(() -> Csv.line(task.bucket(), key)));
    }
    String prefix = location.value("ManifestPrefix").map(p -> p + "/").orElse("");
    String key = prefix + "job-" + job.id + "/manifest.csv";
    String etag =
        s3.call("PUT", job.region, bucket, key)
            .body(csv.toString().getBytes(StandardCharsets.UTF_8))
            .send()
            .header("ETag")
            .orElse("");
    job.generated = Optional.of(new Job.GeneratedManifest(bucket, key, etag.replace("\"", "")));
  }
}
