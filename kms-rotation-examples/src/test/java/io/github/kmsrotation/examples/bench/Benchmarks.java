package io.github.kmsrotation.examples.bench;

import java.util.Collection;
import java.util.Locale;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs all benchmarks in about a minute and prints a table. */
public final class Benchmarks {

  private Benchmarks() {}

  /**
   * Runs.
   *
   * @param args a regular expression that chooses benchmarks by name, or none for all
   * @throws RunnerException if a benchmark fails
   */
  public static void main(String[] args) throws RunnerException {
    System.out.println("Measuring; this takes about a minute.");
    Options options =
        new OptionsBuilder()
            .include(args.length > 0 ? args[0] : Benchmarks.class.getPackageName())
            .warmupIterations(2)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(5)
            .measurementTime(TimeValue.seconds(1))
            .forks(1)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    print(new Runner(options).run());
  }

  /** The median is what other work on the machine disturbs least. */
  private static void print(Collection<RunResult> results) {
    System.out.printf("%-52s %10s %10s %10s%n", "", "median", "90 %", "mean");
    for (RunResult run : results) {
      Result<?> result = run.getPrimaryResult();
      System.out.printf(
          Locale.ROOT,
          "%-52s %10.1f %10.1f %10.1f %s%n",
          name(run),
          result.getStatistics().getPercentile(50),
          result.getStatistics().getPercentile(90),
          result.getScore(),
          result.getScoreUnit());
    }
  }

  private static String name(RunResult run) {
    StringBuilder name =
        new StringBuilder(
            run.getParams()
                .getBenchmark()
                .substring(Benchmarks.class.getPackageName().length() + 1));
    for (String key : run.getParams().getParamsKeys()) {
      name.append(' ').append(key).append('=').append(run.getParams().getParam(key));
    }
    return name.toString();
  }
}
