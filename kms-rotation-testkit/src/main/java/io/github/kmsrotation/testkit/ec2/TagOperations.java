package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tags of resources by their ids. */
final class TagOperations {

  private record Tag(Ec2Resource resource, String key, String value) {}

  private final Ec2Store store;
  private final Listing<Tag> listing =
      Listing.<Tag>of()
          .by("key", Tag::key)
          .by("value", Tag::value)
          .by("resource-id", tag -> tag.resource().id)
          .by("resource-type", tag -> tag.resource().kind.tagType);

  TagOperations(Ec2Store store) {
    this.store = store;
  }

  void define(Map<String, Operation> operations) {
    operations.put("CreateTags", Ec2Rules.write(this::create, "ResourceId", "Tag"));
    operations.put("DeleteTags", Ec2Rules.write(this::delete, "ResourceId", "Tag"));
    operations.put("DescribeTags", Ec2Rules.list(this::describe));
  }

  private List<Ec2Resource> resources(AwsRequest request) {
    return Ec2Rules.requiredTexts(request.params(), "ResourceId").stream()
        .map(id -> resource(request.region(), id))
        .toList();
  }

  private Ec2Resource resource(String region, String id) {
    for (Kind kind : Kind.values()) {
      if (kind.fits(id)) {
        return store.find(kind, region, id);
      }
    }
    throw AwsError.badRequest("InvalidID", "The ID '" + id + "' is not valid");
  }

  private Map<String, Object> create(AwsRequest request) {
    List<Ec2Resource> resources = resources(request);
    Ec2Rules.requiredTexts(request.params(), "Tag");
    Map<String, String> tags = Tags.read(request.params().structures("Tag"));
    for (Ec2Resource resource : resources) {
      Map<String, String> all = new LinkedHashMap<>(resource.tags);
      all.putAll(tags);
      Tags.checkCount(all);
    }
    Ec2Rules.endDryRun(request);
    resources.forEach(resource -> resource.tags.putAll(tags));
    return Map.of("return", true);
  }

  private Map<String, Object> delete(AwsRequest request) {
    List<Ec2Resource> resources = resources(request);
    List<Params> tags = request.params().structures("Tag");
    tags.forEach(tag -> Ec2Rules.required(tag, "Key"));
    Ec2Rules.endDryRun(request);
    for (Ec2Resource resource : resources) {
      if (tags.isEmpty()) {
        resource.tags.keySet().removeIf(key -> !key.startsWith("aws:"));
      }
      tags.forEach(tag -> remove(resource, tag));
    }
    return Map.of("return", true);
  }

  /** With a value, even an empty one, only a tag that has it goes. */
  private static void remove(Ec2Resource resource, Params tag) {
    String key = Ec2Rules.required(tag, "Key");
    if (tag.has("Value")) {
      resource.tags.remove(key, Ec2Rules.required(tag, "Value"));
    } else {
      resource.tags.remove(key);
    }
  }

  private Map<String, Object> describe(AwsRequest request) {
    List<Tag> all = new ArrayList<>();
    store
        .everythingIn(request.region())
        .forEach(
            resource ->
                resource.tags.forEach((key, value) -> all.add(new Tag(resource, key, value))));
    return listing.page(request, "tagSet", all, TagOperations::xml);
  }

  private static Map<String, String> xml(Tag tag) {
    return Map.of(
        "key",
        tag.key(),
        "value",
        tag.value(),
        "resourceId",
        tag.resource().id,
        "resourceType",
        tag.resource().kind.tagType);
  }
}
