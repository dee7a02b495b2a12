package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.ec2.LaunchTemplate.Version;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Launch templates and their versions.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-launch-template-versions.html">
 *     Launch template versions</a>
 */
final class LaunchTemplateOperations {

  private record Entry(LaunchTemplate template, Version version) {}

  private final Ec2Store store;
  private final LaunchTemplates all;
  private final Listing<LaunchTemplate> templates =
      Listing.<LaunchTemplate>ofTagged()
          .by("launch-template-name", t -> t.name)
          .by("create-time", t -> t.createdAt);
  private final Listing<Entry> versions =
      Listing.<Entry>of()
          .byMany("image-id", e -> text(e, "ImageId"))
          .byMany("instance-type", e -> text(e, "InstanceType"))
          .by("is-default-version", e -> e.version().number() == e.template().defaultVersion);

  LaunchTemplateOperations(Ec2Store store, LaunchTemplates all) {
    this.store = store;
    this.all = all;
  }

  private static List<String> text(Entry entry, String name) {
    Object value = entry.version().data().get(name);
    return value == null ? List.of() : List.of(value.toString());
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        "CreateLaunchTemplate",
        Ec2Rules.write(
            this::create,
            "LaunchTemplateName",
            "VersionDescription",
            "LaunchTemplateData",
            "ClientToken",
            "TagSpecification"));
    operations.put(
        "CreateLaunchTemplateVersion",
        Ec2Rules.write(
            this::createVersion,
            "LaunchTemplateId",
            "LaunchTemplateName",
            "SourceVersion",
            "VersionDescription",
            "LaunchTemplateData",
            "ClientToken"));
    operations.put(
        "ModifyLaunchTemplate",
        Ec2Rules.write(
            this::modify,
            "LaunchTemplateId",
            "LaunchTemplateName",
            "SetDefaultVersion",
            "ClientToken"));
    operations.put(
        "DeleteLaunchTemplate",
        Ec2Rules.write(this::delete, "LaunchTemplateId", "LaunchTemplateName"));
    operations.put(
        "DescribeLaunchTemplates",
        Ec2Rules.list(
            this::describe, "LaunchTemplateId", "LaunchTemplateName", "IncludeManagedResources"));
    operations.put(
        "DescribeLaunchTemplateVersions",
        Ec2Rules.list(
            this::describeVersions,
            "LaunchTemplateId",
            "LaunchTemplateName",
            "LaunchTemplateVersion",
            "IncludeManagedResources"));
  }

  private Map<String, Object> create(AwsRequest request) {
    return store.tokens.once(
        request,
        () -> {
          Params params = request.params();
          String name = newName(request.region(), Ec2Rules.required(params, "LaunchTemplateName"));
          Map<String, Object> data = LaunchTemplateData.read(params);
          Map<String, String> tags = Tags.specified(params, Kind.LAUNCH_TEMPLATE);
          Ec2Rules.endDryRun(request);
          LaunchTemplate template =
              new LaunchTemplate(
                  request.region(),
                  store.newId(Kind.LAUNCH_TEMPLATE),
                  store.now(),
                  name,
                  "arn:aws:iam::" + store.accountId + ":user/any");
          template.add(params.text("VersionDescription").orElse(""), store.now(), data);
          template.tags.putAll(tags);
          store.add(template);
          return () -> Map.of("launchTemplate", template.xml());
        });
  }

  private String newName(String region, String name) {
    if (!name.matches("[A-Za-z0-9().\\-/_]{3,128}")) {
      throw AwsError.badRequest(
          "InvalidLaunchTemplateName.MalformedException", "Not a launch template name: " + name);
    }
    if (all.named(region, name).isPresent()) {
      throw AwsError.badRequest(
          "InvalidLaunchTemplateName.AlreadyExistsException",
          "Launch template name already in use: " + name);
    }
    return name;
  }

  private Map<String, Object> createVersion(AwsRequest request) {
    return store.tokens.once(
        request,
        () -> {
          Params params = request.params();
          LaunchTemplate template = all.asked(request.region(), request.params());
          Map<String, Object> data =
              params
                  .text("SourceVersion")
                  .map(
                      name ->
                          LaunchTemplateData.inherited(
                              LaunchTemplates.version(template, name).data()))
                  .orElseGet(LinkedHashMap::new);
          data.putAll(LaunchTemplateData.read(params));
          Ec2Rules.endDryRun(request);
          Version version =
              template.add(params.text("VersionDescription").orElse(""), store.now(), data);
          return () -> Map.of("launchTemplateVersion", template.xml(version));
        });
  }

  private Map<String, Object> modify(AwsRequest request) {
    LaunchTemplate template = all.asked(request.region(), request.params());
    Version version =
        LaunchTemplates.version(template, Ec2Rules.required(request.params(), "SetDefaultVersion"));
    Ec2Rules.endDryRun(request);
    template.defaultVersion = version.number();
    return Map.of("launchTemplate", template.xml());
  }

  private Map<String, Object> delete(AwsRequest request) {
    LaunchTemplate template = all.asked(request.region(), request.params());
    Ec2Rules.endDryRun(request);
    store.remove(template);
    return Map.of("launchTemplate", template.xml());
  }

  private Map<String, Object> describe(AwsRequest request) {
    List<LaunchTemplate> asked = new ArrayList<>();
    request
        .params()
        .texts("LaunchTemplateId")
        .forEach(id -> asked.add(all.byId(request.region(), id)));
    request
        .params()
        .texts("LaunchTemplateName")
        .forEach(name -> asked.add(all.byName(request.region(), name)));
    return templates.page(
        request,
        "launchTemplates",
        asked.isEmpty() ? store.in(request.region(), LaunchTemplate.class) : asked,
        LaunchTemplate::xml);
  }

  private Map<String, Object> describeVersions(AwsRequest request) {
    Params params = request.params();
    List<String> names = params.texts("LaunchTemplateVersion");
    boolean isOfOne = params.has("LaunchTemplateId") || params.has("LaunchTemplateName");
    List<Entry> entries = new ArrayList<>();
    if (isOfOne) {
      LaunchTemplate template = all.asked(request.region(), request.params());
      if (names.isEmpty()) {
        template.versions.forEach(version -> entries.add(new Entry(template, version)));
      }
      names.forEach(
          name -> entries.add(new Entry(template, LaunchTemplates.version(template, name))));
    } else {
      requireNoNumbers(names);
      for (LaunchTemplate template : store.in(request.region(), LaunchTemplate.class)) {
        names.forEach(
            name -> entries.add(new Entry(template, LaunchTemplates.version(template, name))));
      }
    }
    return versions.page(
        request,
        "launchTemplateVersionSet",
        entries,
        entry -> entry.template().xml(entry.version()));
  }

  private static void requireNoNumbers(List<String> names) {
    if (names.isEmpty() || !List.of("$Latest", "$Default").containsAll(names)) {
      throw Ec2Rules.invalidCombination(
          "Without a launch template, the versions are $Latest and $Default.");
    }
  }
}
