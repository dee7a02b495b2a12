package io.github.kmsrotation.testkit.rds;

import io.github.kmsrotation.testkit.http.AwsError;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An engine and its major version, which parameter groups and option groups are for.
 *
 * @param engine for example {@code postgres}
 * @param major for example {@code 14} or, of {@code mysql}, {@code 8.0}
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithParamGroups.html">Parameter
 *     groups</a>
 */
record EngineVersion(String engine, String major) {

  private static final Map<String, List<String>> MAJORS =
      Map.of(
          "postgres", List.of("11", "12", "13", "14", "15", "16", "17", "18"),
          "mysql", List.of("5.7", "8.0", "8.4"),
          "mariadb", List.of("10.4", "10.5", "10.6", "10.11", "11.4", "11.8"));

  /** What the embedded PostgreSQL is; a test asks it. */
  private static final String POSTGRES = "14.22";

  /** What a DB instance gets for which no version was asked. */
  private static final Map<String, String> DEFAULTS =
      Map.of("postgres", POSTGRES, "mysql", "8.0.43", "mariadb", "11.4.8");

  /** All that there are. */
  static Stream<EngineVersion> all() {
    return MAJORS.entrySet().stream()
        .flatMap(e -> e.getValue().stream().map(major -> new EngineVersion(e.getKey(), major)));
  }

  static String defaultVersion(String engine) {
    return Optional.ofNullable(DEFAULTS.get(engine))
        .orElseThrow(() -> AwsError.notModelled("the engine " + engine));
  }

  /** The whole version for one that is asked for: of PostgreSQL there is only the embedded one. */
  static String offered(String engine, String asked) {
    if (!engine.equals("postgres")) {
      return asked;
    }
    if (asked.equals(of(engine, POSTGRES).major) || asked.equals(POSTGRES)) {
      return POSTGRES;
    }
    throw AwsError.notModelled("PostgreSQL " + asked + ", only " + POSTGRES);
  }

  static EngineVersion of(String engine, String version) {
    return all()
        .filter(known -> known.engine.equals(engine))
        .filter(known -> (version + ".").startsWith(known.major + "."))
        .findFirst()
        .orElseThrow(
            () ->
                AwsError.badRequest(
                    "InvalidParameterCombination",
                    "Cannot find version " + version + " for " + engine));
  }

  String family() {
    return engine + major;
  }

  String defaultParameterGroup() {
    return "default." + family();
  }

  String defaultOptionGroup() {
    return "default:" + engine + "-" + major.replace('.', '-');
  }
}
