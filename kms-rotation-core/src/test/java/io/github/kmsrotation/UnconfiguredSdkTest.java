package io.github.kmsrotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.kmsrotation.error.ClientConfigurationException;
import io.github.kmsrotation.key.RotationReason;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Planning in a process whose environment has no Region, or no credentials. */
class UnconfiguredSdkTest {

  @TempDir Path home;

  /** Plans without a client of its own and tells what it is told. */
  public static void main(String[] arguments) {
    try {
      RotationPlanner.forKey("alias/orders").because(RotationReason.NEW_MATERIAL_REQUESTED).plan();
    } catch (ClientConfigurationException e) {
      System.out.print(e.getMessage());
    }
  }

  private String plan(String... properties) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-Duser.home=" + home);
    command.add("-Daws.disableEc2Metadata=true");
    command.addAll(List.of(properties));
    command.add("-cp");
    command.add(
        System.getProperty("java.class.path")
            + File.pathSeparator
            + System.getProperty("surefire.test.class.path", ""));
    command.add(UnconfiguredSdkTest.class.getName());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
    builder.environment().put("HOME", home.toString());
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }

  @Test
  void plan_whenThereIsNoRegion_saysHowToGiveOne() throws Exception {
    assertThat(plan()).contains("Unable to load region", "AWS_REGION", "give a client");
  }

  @Test
  void plan_whenThereAreNoCredentials_saysHowToGiveSome() throws Exception {
    assertThat(plan("-Daws.region=eu-central-1"))
        .contains("kms:DescribeKey could not be sent", "Unable to load credentials", "credentials");
  }
}
