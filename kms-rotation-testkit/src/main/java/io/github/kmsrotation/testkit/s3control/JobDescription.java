package io.github.kmsrotation.testkit.s3control;

import io.github.kmsrotation.testkit.http.RestAnswer;
import io.github.kmsrotation.testkit.s3.XmlOut;
import java.util.List;
import java.util.Map;

/** What AWS tells of a job. */
final class JobDescription {

  private JobDescription() {}

  static RestAnswer of(Job job, String accountId) {
    XmlOut out = XmlOut.of("DescribeJobResult", JobOperations.NAMESPACE).open("Job");
    out.put("JobId", job.id)
        .put("ConfirmationRequired", job.isConfirmationRequired())
        .put("Description", job.request.value("Description"))
        .put("JobArn", "arn:aws:s3:" + job.region + ":" + accountId + ":job/" + job.id)
        .put("Status", job.status.wire())
        .put("Priority", job.priority)
        .put("StatusUpdateReason", job.updateReason)
        .put("CreationTime", job.created)
        .put("TerminationDate", job.ended)
        .put("RoleArn", job.request.required("RoleArn"))
        .put("SuspendedDate", job.suspended);
    for (String name : List.of("Manifest", "Operation", "Report", "ManifestGenerator")) {
      job.request.child(name).ifPresent(out::put);
    }
    progress(job, out);
    if (job.failureCode.isPresent()) {
      out.open("FailureReasons")
          .open("member")
          .put("FailureCode", job.failureCode)
          .put("FailureReason", job.failureReason)
          .close("member")
          .close("FailureReasons");
    }
    job.generated.ifPresent(manifest -> generated(manifest, out));
    return out.close("Job").answer(200, Map.of());
  }

  private static void generated(Job.GeneratedManifest manifest, XmlOut out) {
    out.open("GeneratedManifestDescriptor")
        .put("Format", "S3InventoryReport_CSV_20211130")
        .open("Location")
        .put("ObjectArn", "arn:aws:s3:::" + manifest.bucket() + "/" + manifest.key())
        .put("ETag", manifest.etag())
        .close("Location")
        .close("GeneratedManifestDescriptor");
  }

  private static void progress(Job job, XmlOut out) {
    out.open("ProgressSummary")
        .put("TotalNumberOfTasks", job.tasks.size())
        .put("NumberOfTasksSucceeded", job.results.size() - job.failures)
        .put("NumberOfTasksFailed", job.failures)
        .close("ProgressSummary");
  }

  static void inList(Job job, XmlOut out) {
    out.open("member")
        .put("JobId", job.id)
        .put("Description", job.request.value("Description"))
        .put("Operation", job.operation().name())
        .put("Priority", job.priority)
        .put("Status", job.status.wire())
        .put("CreationTime", job.created)
        .put("TerminationDate", job.ended);
    progress(job, out);
    out.close("member");
  }
}
