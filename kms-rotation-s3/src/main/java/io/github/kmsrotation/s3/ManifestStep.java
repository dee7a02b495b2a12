package io.github.kmsrotation.s3;

import io.github.kmsrotation.aws.AwsFailure;
import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import io.github.kmsrotation.s3.VersionListing.Batch;
import io.github.kmsrotation.s3.VersionListing.Marker;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Lists every version of every object into an object of S3, part by part. After each part it notes
 * how far it is, so that a killed run goes on with the part that it was at; memory holds one part.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html">Amazon S3
 *     multipart upload limits</a>
 */
final class ManifestStep extends S3Step {

  static final String ID = "list-objects";
  static final String ARN = "manifestArn";
  static final String ETAG = "manifestETag";
  static final String ROWS = "versions";

  private static final Duration AT_ONCE = Duration.ofMillis(1);
  private static final Duration AS_LONG_AS_IT_TAKES = Duration.ofDays(3650);

  private final BatchPlan plan;
  private final ManifestUpload upload;
  private final VersionListing listing;
  private final PartSizes sizes;
  private final String arn;

  ManifestStep(Env env, BatchPlan plan, PartSizes sizes) {
    super(
        new StepDescription(
            ID,
            "List every version of every object into a manifest for S3 Batch Operations",
            Phase.PREPARE,
            List.of(ManifestUpload.PUT, ManifestUpload.ABORT),
            List.of(ManifestUpload.DELETE),
            List.of(plan.bucket() + "/" + plan.manifestKey(env)),
            Undo.UNDOABLE),
        env);
    this.plan = plan;
    this.upload = new ManifestUpload(env, plan);
    this.listing = new VersionListing(env);
    this.sizes = sizes;
    this.arn = new JobRequests(env, plan).objectArn(plan.manifestKey(env));
  }

  /** How large parts have to be. */
  interface PartSizes {

    /**
     * 5 MiB at least, and more as the list grows, so that the 10,000 parts that there can be hold
     * 300 GB, or some three thousand million lines. The last of them has 55 MiB.
     */
    PartSizes OF_S3 = part -> (5 << 20) * (1 + part / 1000);

    /**
     * The size at which a part is full.
     *
     * @param part its number, from 1
     * @return bytes
     */
    int of(int part);
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Facts noted = context.lastCheckpoint();
    Optional<String> end = noted.find("end");
    if (end.isPresent()) {
      return done(upload.complete(context, end.get()), noted);
    }
    Optional<String> id = noted.find("upload");
    if (id.isEmpty()) {
      String begun = upload.begin(context);
      context.checkpoint(Facts.of(Map.of("upload", begun)));
      return waiting("nothing listed yet");
    }
    try {
      return part(context, noted, id.get());
    } catch (S3Exception e) {
      if (!AwsFailure.errorCode(e).equals("NoSuchUpload")) {
        throw e;
      }
      context.checkpoint(Facts.none());
      return StepOutcome.blocked(
          "The upload of " + arn + " was given up by somebody else.",
          "A lifecycle rule may do that. Resume to list the bucket anew.");
    }
  }

  private StepOutcome part(StepContext context, Facts noted, String id) {
    int number = Integer.parseInt(noted.find("part").orElse("1"));
    long rows = Long.parseLong(noted.find(ROWS).orElse("0"));
    Optional<Marker> next =
        Optional.of(new Marker(noted.find("key").orElse(""), noted.find("versionId").orElse("")));
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    while (next.isPresent() && lines.size() < sizes.of(number)) {
      Batch listed = listing.after(next.get(), context);
      rows += listed.versions().size();
      listed.versions().forEach(version -> add(lines, version));
      next = listed.next();
    }
    if (rows == 0) {
      upload.abort(context, id);
      return StepOutcome.done(Facts.of(Map.of(ROWS, "0")));
    }
    upload.put(context, id, number, lines.toByteArray());
    Map<String, String> progress = new HashMap<>();
    progress.put("upload", id);
    progress.put("part", Integer.toString(number + 1));
    progress.put(ROWS, Long.toString(rows));
    if (next.isEmpty()) {
      progress.put("end", id);
    } else {
      progress.put("key", next.get().key());
      progress.put("versionId", next.get().versionId());
    }
    context.checkpoint(Facts.of(progress));
    return waiting(String.format("%,d versions listed", rows));
  }

  private void add(ByteArrayOutputStream lines, VersionRef version) {
    String line =
        env.bucket().name()
            + ","
            + ObjectReport.encoded(version.key())
            + (plan.hasVersions() ? "," + version.versionId() : "")
            + "\n";
    lines.writeBytes(line.getBytes(StandardCharsets.UTF_8));
  }

  private StepOutcome done(String etag, Facts noted) {
    return StepOutcome.done(
        Facts.of(Map.of(ARN, arn, ETAG, etag, ROWS, noted.find(ROWS).orElse("0"))));
  }

  private StepOutcome waiting(String seen) {
    return StepOutcome.waiting(
        new Condition(
            "s3:AllVersionsListed", env.plan().targetId(), seen, AT_ONCE, AS_LONG_AS_IT_TAKES));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    upload.remove(context);
    return StepOutcome.done();
  }
}
