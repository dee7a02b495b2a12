package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.RunId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

/** The tag by which volumes and snapshots tell which run made them. */
final class RunTag {

  /** On a snapshot of a new volume that had served when its run was rolled back. */
  static final String UNDONE_KEY = "kms-rotation:undone";

  /** On a copy: of what. */
  static final String COPY_KEY = "kms-rotation:copy-of";

  private static final Set<String> OWN = Set.of(RunId.TAG_KEY, UNDONE_KEY, COPY_KEY);

  private RunTag() {}

  static Tag of(RunId run) {
    return tag(RunId.TAG_KEY, run.value());
  }

  static Tag tag(String key, String value) {
    return Tag.builder().key(key).value(value).build();
  }

  /** How the run describes what it makes; no copied tag does. */
  static String description(RunId run, String rest) {
    return "kms-rotation run " + run + rest;
  }

  static Optional<String> runOf(List<Tag> tags) {
    return tags.stream().filter(tag -> tag.key().equals(RunId.TAG_KEY)).map(Tag::value).findFirst();
  }

  static boolean isOf(RunId run, List<Tag> tags) {
    return runOf(tags).filter(run.value()::equals).isPresent();
  }

  /** The tags that are the user's, which alone can be copied. */
  static List<Tag> userTags(List<Tag> tags) {
    return tags.stream()
        .filter(tag -> !tag.key().startsWith("aws:"))
        .filter(tag -> !OWN.contains(tag.key()))
        .sorted(Comparator.comparing(Tag::key))
        .toList();
  }

  static TagSpecification specification(ResourceType type, List<Tag> userTags, Tag own) {
    List<Tag> tags = new ArrayList<>(userTags);
    tags.add(own);
    return TagSpecification.builder().resourceType(type).tags(tags).build();
  }

  /** For what is made as a copy of something else. */
  static TagSpecification ofCopy(
      ResourceType type, List<Tag> originalTags, RunId run, String originalId) {
    List<Tag> tags = new ArrayList<>(userTags(originalTags));
    tags.add(tag(COPY_KEY, originalId));
    return specification(type, tags, of(run));
  }
}
