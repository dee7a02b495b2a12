import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Makes one table of all crash tests that ran: java .ci/CrashMatrix.java, after mvn verify. It reads
 * the reports of Surefire, so that a case is counted because it ran, and lost because it failed. It
 * ends with 1 if a case was lost, and with 2 if there are no cases.
 */
final class CrashMatrix {

  /** How a case fails, told by the name of its test; the first word that is found decides. */
  private static final List<String[]> WAYS =
      List.of(
          new String[] {"OfTheJournalFails", "journal write fails"},
          new String[] {"Killed", "process killed"},
          new String[] {"AnswersOf", "answer lost"},
          new String[] {"AnswerOf", "answer lost"},
          new String[] {"AnswersAreLost", "answer lost"},
          new String[] {"LostOnIts", "request lost"},
          new String[] {"DoesNotArrive", "request lost"},
          new String[] {"RightAfter", "stopped after call"},
          new String[] {"RunEndedAt", "stopped after call"},
          new String[] {"Refuse", "refused"},
          new String[] {"Whatever", "mixed"});

  private static final String OTHER = "other";

  public static void main(String[] args) throws Exception {
    Map<String, Map<String, int[]>> rows = new TreeMap<>();
    for (Path report : reports()) {
      read(report, rows);
    }
    String table = table(rows);
    Files.createDirectories(Path.of("target"));
    Files.writeString(Path.of("target", "crash-matrix.md"), table);
    System.out.print(table);
    long lost = rows.values().stream().flatMap(r -> r.values().stream()).mapToInt(c -> c[1]).sum();
    System.exit(rows.isEmpty() ? 2 : lost > 0 ? 1 : 0);
  }

  private static List<Path> reports() throws IOException {
    try (Stream<Path> files = Files.find(Path.of("."), 4, (f, a) -> isReport(f.toString()))) {
      return files.sorted().toList();
    }
  }

  private static boolean isReport(String file) {
    return file.contains("surefire-reports") && file.matches(".*TEST-.*(Crash|Kill)\\w*Test\\.xml");
  }

  private static void read(Path report, Map<String, Map<String, int[]>> rows) throws Exception {
    Document xml = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(report.toFile());
    NodeList cases = xml.getElementsByTagName("testcase");
    for (int i = 0; i < cases.getLength(); i++) {
      Element one = (Element) cases.item(i);
      if (has(one, "skipped")) {
        continue;
      }
      String kind = one.getAttribute("classname").replaceAll(".*kmsrotation\\.", "");
      String direction = one.getAttribute("name").startsWith("rollBack") ? "roll-back" : "forward";
      int[] count =
          rows.computeIfAbsent(kind + " | " + direction, k -> new TreeMap<>())
              .computeIfAbsent(way(one.getAttribute("name")), k -> new int[2]);
      count[0]++;
      count[1] += has(one, "failure") || has(one, "error") ? 1 : 0;
    }
  }

  private static boolean has(Element one, String child) {
    return one.getElementsByTagName(child).getLength() > 0;
  }

  private static String way(String test) {
    return WAYS.stream()
        .filter(way -> test.toLowerCase().contains(way[0].toLowerCase()))
        .map(way -> way[1])
        .findFirst()
        .orElse(OTHER);
  }

  private static String table(Map<String, Map<String, int[]>> rows) {
    List<String> columns =
        Stream.concat(WAYS.stream().map(way -> way[1]).distinct(), Stream.of(OTHER)).toList();
    StringBuilder text = new StringBuilder("| Test | Direction |");
    columns.forEach(column -> text.append(' ').append(column).append(" |"));
    text.append(" cases | lost |\n|---|---|").append("--:|".repeat(columns.size() + 2)).append('\n');
    int cases = 0;
    int lost = 0;
    for (Map.Entry<String, Map<String, int[]>> row : rows.entrySet()) {
      int ran = row.getValue().values().stream().mapToInt(c -> c[0]).sum();
      int failed = row.getValue().values().stream().mapToInt(c -> c[1]).sum();
      text.append("| ").append(row.getKey()).append(" |");
      for (String column : columns) {
        int[] count = row.getValue().get(column);
        text.append(count == null ? " |" : " " + count[0] + " |");
      }
      text.append(" " + ran + " | " + failed + " |\n");
      cases += ran;
      lost += failed;
    }
    return text + "\n" + cases + " cases run, " + lost + " lost.\n";
  }
}
