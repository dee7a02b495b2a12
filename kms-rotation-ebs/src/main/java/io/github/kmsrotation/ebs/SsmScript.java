package io.github.kmsrotation.ebs;

import io.github.kmsrotation.plan.RunId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The scripts that run on instances. What they are told are ids, device names and hexadecimal
 * numbers, in letters that no shell reads as anything else; paths they read on the instance, where
 * no one could have written them into a script.
 *
 * @param name the file that tells what it does
 * @param libraries the files that it relies on
 * @param timeout how long it may run
 */
record SsmScript(String name, List<String> libraries, Duration timeout) {

  private static final String SAFE = "[A-Za-z0-9.:/_-]*";

  static SsmScript of(String name, Duration timeout, String... libraries) {
    return new SsmScript(name, List.of(libraries), timeout);
  }

  /** The whole, with what it is told. */
  String text(Map<String, String> told) {
    StringBuilder text = new StringBuilder("#!/bin/sh\n");
    new TreeMap<>(told)
        .forEach(
            (variable, value) -> {
              if (!value.matches(SAFE)) {
                throw new IllegalArgumentException(
                    "A script on an instance is not told '" + value + "' as " + variable);
              }
              text.append(variable).append("='").append(value).append("'\n");
            });
    text.append(resource("common"));
    libraries.forEach(library -> text.append(resource(library)));
    return text.append(resource(name)).toString();
  }

  static Map<String, String> told(String run, AttachedVolume original) {
    return Map.of(
        "RUN", run, "ORIGINAL", original.volumeId(), "ORIGINAL_DEVICE", original.device());
  }

  static Map<String, String> told(RunId run, VolumeCopy copy) {
    Map<String, String> told = new TreeMap<>(told(run.value(), copy.original()));
    told.put("REPLACEMENT", copy.replacement().volumeId());
    told.put("REPLACEMENT_DEVICE", copy.replacement().device());
    told.put("EXPECTED_MOUNT", copy.place());
    return told;
  }

  private static String resource(String name) {
    try (InputStream resource = SsmScript.class.getResourceAsStream("ssm/" + name + ".sh")) {
      if (resource == null) {
        throw new IllegalStateException("The script " + name + " is not in the jar");
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
