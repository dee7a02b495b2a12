package io.github.kmsrotation.ebs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts that run on instances, as they are sent. */
class SsmScriptTest {

  private static final Map<String, String> TOLD =
      Map.of(
          "RUN", "abcdefghij",
          "ORIGINAL", "vol-0123456789abcdef0",
          "REPLACEMENT", "vol-0123456789abcdef1",
          "ORIGINAL_DEVICE", "/dev/sdf",
          "REPLACEMENT_DEVICE", "/dev/sdg",
          "EXPECTED_MOUNT", "2f64617461");

  @TempDir Path directory;

  private static String text(String name) {
    List<String> libraries = new ArrayList<>();
    if (List.of("survey", "switch", "revert").contains(name)) {
      libraries.add("fstab");
      if (name.equals("survey")) {
        libraries.add("blocks");
      }
    } else if (name.startsWith("blocks-")) {
      libraries.add("blocks");
    } else if (name.equals("synchronise")) {
      libraries.add("manifest");
    }
    Map<String, String> told = new java.util.TreeMap<>(TOLD);
    if (name.equals("tidy")) {
      told.put("WITHDRAW", "1");
    }
    return new SsmScript(name, libraries, Duration.ofHours(1)).text(told);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "survey",
        "prepare",
        "copy",
        "synchronise",
        "switch",
        "revert",
        "tidy",
        "check",
        "blocks-prepare",
        "blocks-copy",
        "blocks-synchronise",
        "blocks-switch",
        "blocks-revert"
      })
  void script_hasNoFindingsOfShellcheck(String name) throws Exception {
    Path script = directory.resolve(name + ".sh");
    Files.writeString(script, text(name));
    Process shellcheck;
    try {
      shellcheck =
          new ProcessBuilder("shellcheck", "-s", "sh", script.toString())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      assumeTrue(false, "skipped: there is no shellcheck");
      return;
    }
    String findings =
        new String(shellcheck.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shellcheck.waitFor()).as("%s", findings).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "survey",
        "prepare",
        "copy",
        "synchronise",
        "switch",
        "revert",
        "tidy",
        "check",
        "blocks-prepare",
        "blocks-copy",
        "blocks-synchronise",
        "blocks-switch",
        "blocks-revert"
      })
  void script_isOfASizeAndShapeThatRunCommandTakes(String name) {
    assertThat(text(name)).hasSizeLessThan(64 * 1024).doesNotContain("{{");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "it's", "$(id)", "`id`", "a\nb", "a;b", "\\", "\"", "é", "*"})
  void script_isNotToldWhatAShellReadsAsSomethingElse(String value) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> SsmScript.of("check", Duration.ofHours(1)).text(Map.of("EXPECTED_MOUNT", value)));
  }

  @Test
  void script_isToldByAssignmentsBeforeAnythingElse() {
    assertThat(text("check"))
        .startsWith("#!/bin/sh\nEXPECTED_MOUNT='2f64617461'\nORIGINAL='vol-0123456789abcdef0'\n");
  }
}
