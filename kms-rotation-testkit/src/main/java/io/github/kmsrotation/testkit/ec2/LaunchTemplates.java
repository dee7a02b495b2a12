package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.ec2.LaunchTemplate.Version;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.Params;
import java.util.Map;
import java.util.Optional;

/** Finds launch templates and their versions, and launches by them. */
final class LaunchTemplates {

  private final Ec2Store store;

  /** What a launch is by: the version, and the call's parameters put over its data. */
  record Launch(LaunchTemplate template, Version version, Params params) {}

  LaunchTemplates(Ec2Store store) {
    this.store = store;
  }

  Optional<LaunchTemplate> named(String region, String name) {
    return store.all(LaunchTemplate.class).stream()
        .filter(t -> t.region.equals(region) && t.name.equals(name))
        .findFirst();
  }

  /** The one that is asked for by id or by name. */
  LaunchTemplate asked(String region, Params params) {
    if (params.has("LaunchTemplateId") == params.has("LaunchTemplateName")) {
      throw Ec2Rules.invalidCombination(
          "Either the launch template ID or the launch template name is to be specified.");
    }
    return params
        .text("LaunchTemplateId")
        .map(id -> byId(region, id))
        .orElseGet(() -> byName(region, Ec2Rules.required(params, "LaunchTemplateName")));
  }

  LaunchTemplate byId(String region, String id) {
    return (LaunchTemplate) store.find(Kind.LAUNCH_TEMPLATE, region, id);
  }

  LaunchTemplate byName(String region, String name) {
    return named(region, name)
        .filter(template -> store.timeline.hasPropagated(template.createdAt))
        .orElseThrow(
            () ->
                AwsError.badRequest(
                    "InvalidLaunchTemplateName.NotFoundException",
                    "There is no launch template " + name + "."));
  }

  static Version version(LaunchTemplate template, String name) {
    String number =
        switch (name) {
          case "$Latest" -> String.valueOf(template.latest().number());
          case "$Default" -> String.valueOf(template.defaultVersion);
          default -> name;
        };
    return template.versions.stream()
        .filter(version -> String.valueOf(version.number()).equals(number))
        .findFirst()
        .orElseThrow(
            () ->
                AwsError.badRequest(
                    "InvalidLaunchTemplateId.VersionNotFound",
                    "Could not find launch template version " + name + " of " + template.id));
  }

  /**
   * How {@code RunInstances} reads a {@code LaunchTemplate}: the default version if none is said.
   */
  Optional<Launch> launch(String region, Params params) {
    return params
        .structure("LaunchTemplate")
        .map(
            specification -> {
              LaunchTemplate template = asked(region, specification);
              Version version = version(template, specification.text("Version").orElse("$Default"));
              Map<String, Object> all =
                  LaunchTemplateData.under(version.data(), params.allBut("LaunchTemplate"));
              return new Launch(template, version, new Params(all, "InvalidParameterValue"));
            });
  }
}
