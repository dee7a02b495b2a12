package io.github.kmsrotation.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the READMEs show is what the code is. */
class ReadmeTest {

  private static final Path ROOT = Path.of("..");
  private static final Path README = ROOT.resolve("README.md");
  private static final Path TESTKIT_README = ROOT.resolve("kms-rotation-testkit/README.md");
  private static final Path EXAMPLES = Path.of("src/main/java/io/github/kmsrotation/examples");
  private static final Pattern REGION =
      Pattern.compile("// README \\{\n(.*?)// README }", Pattern.DOTALL);

  private static final List<String> TESTKIT_IMPORTS =
      List.of(
          "io.github.kmsrotation.testkit",
          "io.github.kmsrotation.testkit.clock",
          "java.time",
          "software.amazon.awssdk.auth.credentials",
          "software.amazon.awssdk.regions",
          "software.amazon.awssdk.services.kms",
          "software.amazon.awssdk.services.rds");

  @Test
  void readme_java_isTheCodeOfTheExamples() throws IOException {
    StringBuilder source = new StringBuilder();
    try (Stream<Path> examples = Files.list(EXAMPLES)) {
      for (Path example : examples.filter(file -> file.toString().endsWith(".java")).toList()) {
        source.append(Files.readString(example));
      }
    }

    List<String> shown = blocks(README, "java").flatMap(ReadmeTest::statements).toList();

    assertThat(shown)
        .isNotEmpty()
        .containsExactlyInAnyOrderElementsOf(
            REGION.matcher(source).results().flatMap(r -> statements(r.group(1))).toList());
  }

  @Test
  void testkitReadme_java_compilesAndRuns(@TempDir Path directory) throws Exception {
    List<String> snippets = blocks(TESTKIT_README, "java").toList();
    assertThat(snippets).isNotEmpty();
    for (int i = 0; i < snippets.size(); i++) {
      run("Snippet" + i, snippets.get(i), directory);
    }
  }

  @Test
  void readme_xml_namesTheVersionsAndArtifactsOfThePoms() throws IOException {
    String pom = Files.readString(ROOT.resolve("pom.xml"));
    String bom = Files.readString(ROOT.resolve("kms-rotation-bom/pom.xml"));
    String xml = String.join("", blocks(README, "xml").toList());

    List<String> shown = elements(xml, "dependency").map(ReadmeTest::coordinates).toList();

    assertThat(shown)
        .containsExactly(
            "io.github.kmsrotation:kms-rotation-bom:" + element(pom, "version"),
            "software.amazon.awssdk:bom:" + element(pom, "awssdk.version"),
            "io.github.kmsrotation:kms-rotation-rds",
            "org.postgresql:postgresql:" + element(pom, "postgresql.version"));
    assertThat(elements(bom, "artifactId")).contains("kms-rotation-rds");
  }

  @Test
  void testkitReadme_xml_namesTheVersionAndArtifactOfThePoms() throws IOException {
    String pom = Files.readString(ROOT.resolve("pom.xml"));
    String xml = String.join("", blocks(TESTKIT_README, "xml").toList());

    assertThat(elements(xml, "dependency").map(ReadmeTest::coordinates))
        .containsExactly("io.github.kmsrotation:kms-rotation-testkit:" + element(pom, "version"));
  }

  @Test
  void readme_commands_areRunByCiOrAreProfiles() throws IOException {
    List<String> allowed =
        Stream.concat(
                Files.readString(ROOT.resolve(".ci/run")).lines(),
                elements(Files.readString(ROOT.resolve("pom.xml")), "profile")
                    .map(profile -> "mvn -P" + element(profile, "id")))
            .map(ReadmeTest::command)
            .toList();

    List<String> shown =
        blocks(README, "sh")
            .flatMap(String::lines)
            .map(line -> line.replaceAll(" -Dbenchmarks?=(\\w+|\"[^\"]*\")", ""))
            .map(ReadmeTest::command)
            .toList();

    assertThat(shown).isNotEmpty().allMatch(allowed::contains, "is one of " + allowed);
  }

  @Test
  void readme_examples_areThere() throws IOException {
    List<String> examples =
        matches(Files.readString(README), "-Dexample=(\\w+)").map(name -> name + ".java").toList();

    assertThat(examples).isNotEmpty().allMatch(name -> Files.exists(EXAMPLES.resolve(name)));
  }

  @Test
  void readme_benchmarks_areThere() throws IOException {
    List<String> benchmarks =
        matches(Files.readString(README), "-Dbenchmark=(\\w+)")
            .map(name -> name + ".java")
            .toList();

    assertThat(benchmarks)
        .isNotEmpty()
        .allMatch(
            name ->
                Files.exists(
                    Path.of("src/test/java/io/github/kmsrotation/examples/bench").resolve(name)));
  }

  @Test
  void readmes_links_leadToFiles() throws IOException {
    for (Path readme : List.of(README, TESTKIT_README)) {
      assertThat(matches(Files.readString(readme), "]\\(([^)#]+)"))
          .filteredOn(link -> !link.startsWith("https://"))
          .allMatch(link -> Files.exists(readme.resolveSibling(link)));
    }
  }

  private static Stream<String> blocks(Path readme, String language) throws IOException {
    return matches(Files.readString(readme), "```" + language + "\n(.*?)```");
  }

  private static Stream<String> matches(String text, String pattern) {
    return Pattern.compile(pattern, Pattern.DOTALL)
        .matcher(text)
        .results()
        .map((MatchResult match) -> match.group(1));
  }

  /** Without comments, white space and what is marked as not shown. */
  private static Stream<String> statements(String code) {
    String bare = code.replaceAll(".*// not in README\n|//.*|\\s", "");
    return Arrays.stream(bare.split(";"));
  }

  private static String command(String line) {
    return line.replaceAll(" -[qB]\\b", "").strip();
  }

  private static Stream<String> elements(String xml, String name) {
    return matches(xml, "<" + name + ">(.*?)</" + name + ">");
  }

  private static String element(String xml, String name) {
    return elements(xml, name).findFirst().orElseThrow();
  }

  private static String coordinates(String dependency) {
    return Stream.of("groupId", "artifactId", "version")
        .flatMap(name -> elements(dependency, name))
        .reduce((a, b) -> a + ":" + b)
        .orElseThrow();
  }

  private static void run(String name, String snippet, Path directory) throws Exception {
    StringBuilder source = new StringBuilder();
    TESTKIT_IMPORTS.forEach(p -> source.append("import ").append(p).append(".*;\n"));
    source.append("public class ").append(name);
    source.append(" { public static void main() throws Exception {\n").append(snippet);
    source.append("} }\n");
    Path file = Files.writeString(directory.resolve(name + ".java"), source);

    assertThat(errors(file, directory)).as(snippet).isEmpty();

    try (URLClassLoader loader = new URLClassLoader(new URL[] {directory.toUri().toURL()})) {
      loader.loadClass(name).getMethod("main").invoke(null);
    }
  }

  private static String errors(Path file, Path directory) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter printed = new StringWriter();
    List<String> options = List.of("-proc:none", "-d", directory.toString());
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled =
          compiler
              .getTask(printed, files, null, options, null, files.getJavaFileObjects(file))
              .call();
      return compiled ? "" : printed.toString();
    }
  }
}
