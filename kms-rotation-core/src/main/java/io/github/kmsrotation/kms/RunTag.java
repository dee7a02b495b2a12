package io.github.kmsrotation.kms;

import io.github.kmsrotation.plan.RunId;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.kms.model.Tag;

/** The tag by which a key tells which run has claimed or made it. */
final class RunTag {

  static final String KEY = RunId.TAG_KEY;

  private RunTag() {}

  static Tag of(RunId runId) {
    return Tag.builder().tagKey(KEY).tagValue(runId.value()).build();
  }

  static Optional<String> runOf(List<Tag> tags) {
    return tags.stream().filter(tag -> tag.tagKey().equals(KEY)).map(Tag::tagValue).findFirst();
  }

  /** The tags that are the user's to copy. */
  static List<Tag> userTags(List<Tag> tags) {
    return tags.stream()
        .filter(tag -> !tag.tagKey().startsWith("aws:") && !tag.tagKey().equals(KEY))
        .toList();
  }
}
