package io.github.kmsrotation.testkit.ec2;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.Params;
import java.util.List;
import java.util.Map;

/**
 * Availability Zones: a, b and c in every Region. Their ids are 1, 2 and 3, which AWS mixes by
 * account.
 *
 * @see <a href="https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html">AZ
 *     IDs</a>
 */
final class Zones {

  private static final List<String> LETTERS = List.of("a", "b", "c");
  private static final Map<String, String> SHORT =
      Map.of(
          "central", "c",
          "north", "n",
          "south", "s",
          "east", "e",
          "west", "w",
          "northeast", "ne",
          "southeast", "se",
          "gov", "g");

  private Zones() {}

  /** The zone that is asked for by name or id; the first if that is allowed and none is. */
  static String asked(String region, Params params, boolean required) {
    boolean byName = params.has("AvailabilityZone");
    boolean byId = params.has("AvailabilityZoneId");
    if (byName && byId) {
      throw Ec2Rules.invalidCombination(
          "Only one of AvailabilityZone and AvailabilityZoneId can be specified.");
    }
    if (!byName && !byId) {
      if (required) {
        throw AwsError.badRequest(
            "MissingParameter", "The request must contain the parameter AvailabilityZone");
      }
      return region + "a";
    }
    String name = byName ? "AvailabilityZone" : "AvailabilityZoneId";
    return zone(region, Ec2Rules.required(params, name));
  }

  static String zone(String region, String nameOrId) {
    for (String letter : LETTERS) {
      if (nameOrId.equals(region + letter) || nameOrId.equals(id(region + letter))) {
        return region + letter;
      }
    }
    throw AwsError.badRequest(
        "InvalidZone.NotFound", "The zone '" + nameOrId + "' does not exist.");
  }

  /** For example {@code euc1-az1} of {@code eu-central-1a}. */
  static String id(String zone) {
    StringBuilder id = new StringBuilder();
    String region = zone.substring(0, zone.length() - 1);
    for (String part : region.split("-", -1)) {
      id.append(SHORT.getOrDefault(part, part));
    }
    return id + "-az" + (LETTERS.indexOf(zone.substring(zone.length() - 1)) + 1);
  }
}
