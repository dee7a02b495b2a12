package io.github.kmsrotation.testkit.s3control;

import io.github.kmsrotation.testkit.s3.Xml;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A job. Used under the embedded AWS's lock. */
final class Job {

  final String id;
  final String region;
  final String token;
  final Xml request;
  final Instant created;
  JobStatus status = JobStatus.NEW;
  int priority;
  Optional<String> updateReason = Optional.empty();
  Optional<Instant> ended = Optional.empty();
  Optional<Instant> suspended = Optional.empty();
  Optional<String> failureCode = Optional.empty();
  Optional<String> failureReason = Optional.empty();
  Optional<GeneratedManifest> generated = Optional.empty();
  List<Task> tasks = List.of();
  final List<Result> results = new ArrayList<>();
  int failures;

  /** An object to work on. */
  record Task(String bucket, String key, Optional<String> versionId) {}

  /** What became of a task. */
  record Result(Task task, boolean hasSucceeded, int status, String errorCode, String message) {}

  /** Where a manifest was written that S3 generated. */
  record GeneratedManifest(String bucket, String key, String etag) {}

  Job(String id, String region, String token, Xml request, Instant created, int priority) {
    this.id = id;
    this.region = region;
    this.token = token;
    this.request = request;
    this.created = created;
    this.priority = priority;
  }

  /** The only child of the request's operation. */
  Xml operation() {
    return request.child("Operation").orElseThrow().children().get(0);
  }

  boolean isConfirmationRequired() {
    return request.value("ConfirmationRequired").equals(Optional.of("true"));
  }

  @Override
  public String toString() {
    return id + " " + status.wire();
  }
}
