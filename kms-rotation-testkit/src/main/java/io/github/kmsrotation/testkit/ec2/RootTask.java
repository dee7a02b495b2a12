package io.github.kmsrotation.testkit.ec2;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** That the root volume of an instance is replaced. Used under the embedded AWS's lock. */
final class RootTask extends Ec2Resource {

  final Instance instance;
  final boolean deletesReplaced;
  String state = "pending";
  Optional<String> snapshotId = Optional.empty();
  Optional<String> imageId = Optional.empty();
  Optional<Instant> completedAt = Optional.empty();

  RootTask(Instance instance, String id, Instant createdAt, boolean deletesReplaced) {
    super(Kind.ROOT_TASK, instance.region, id, createdAt);
    this.instance = instance;
    this.deletesReplaced = deletesReplaced;
  }

  boolean isOver() {
    return completedAt.isPresent();
  }

  void end(String state, Instant now) {
    this.state = state;
    this.completedAt = Optional.of(now);
  }

  @Override
  Map<String, Object> xml() {
    Map<String, Object> xml = new LinkedHashMap<>();
    xml.put("replaceRootVolumeTaskId", id);
    xml.put("instanceId", instance.id);
    xml.put("taskState", state);
    xml.put("startTime", createdAt.toString());
    completedAt.ifPresent(at -> xml.put("completeTime", at.toString()));
    snapshotId.ifPresent(id -> xml.put("snapshotId", id));
    imageId.ifPresent(id -> xml.put("imageId", id));
    xml.put("deleteReplacedRootVolume", deletesReplaced);
    xml.put("tagSet", tagSet());
    return xml;
  }
}
