package io.github.kmsrotation.testkit.rds;

import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.Params;
import io.github.kmsrotation.testkit.postgres.PostgresDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Blue/green deployments of DB instances. The green one is a standby of the blue one's PostgreSQL,
 * under the key that it was given, until it is switched over to or let go.
 *
 * <p>A switchover cuts the connections to both, has the green one take over what was committed, and
 * swaps the names: the blue one gets {@code -old1}, and takes no writes until it is rebooted.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/blue-green-deployments-switching.html">Switching
 *     a blue/green deployment</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_TargetResourceConfiguration.html">TargetResourceConfiguration</a>
 */
final class RdsBlueGreen {

  private static final String CREATE = "CreateBlueGreenDeployment";
  private static final String SWITCH = "SwitchoverBlueGreenDeployment";
  private static final String DELETE = "DeleteBlueGreenDeployment";

  /** Shortest, by default, and longest, in seconds. */
  private static final int SHORTEST_TIMEOUT = 30;

  private static final int TIMEOUT = 300;
  private static final int LONGEST_TIMEOUT = 3_600;

  private final RdsStore store;

  RdsBlueGreen(RdsStore store) {
    this.store = store;
  }

  void define(Map<String, Operation> operations) {
    operations.put(
        CREATE,
        Operation.write(
            this::create,
            "BlueGreenDeploymentName",
            "Source",
            "TargetResourceConfigurations",
            "Tags"));
    operations.put(
        "DescribeBlueGreenDeployments",
        Operation.read(
            this::describe, "BlueGreenDeploymentIdentifier", "Filters", "MaxRecords", "Marker"));
    operations.put(
        SWITCH,
        Operation.write(this::switchOver, "BlueGreenDeploymentIdentifier", "SwitchoverTimeout"));
    operations.put(
        DELETE, Operation.write(this::delete, "BlueGreenDeploymentIdentifier", "DeleteTarget"));
  }

  private Map<String, Object> answer(BlueGreenDeployment deployment) {
    return Map.of("BlueGreenDeployment", deployment.xml(store.accountId));
  }

  private Map<String, Object> create(AwsRequest request) {
    Params params = request.params();
    String name = name(request);
    DbInstance blue = source(request);
    Optional<String> key = targetKey(request, blue);
    BlueGreenDeployment deployment =
        new BlueGreenDeployment("bgd-" + letters(16), name, blue, store.timeline.now());
    Tags.put(deployment.tags, params);
    store.deployments.add(deployment);
    store.later(CREATE, Takes.CREATE, () -> beginGreen(deployment, key));
    return answer(deployment);
  }

  private String name(AwsRequest request) {
    String name = request.params().required("BlueGreenDeploymentName");
    if (!name.matches("[a-zA-Z][a-zA-Z0-9]*(-[a-zA-Z0-9]+)*") || name.length() > 60) {
      throw AwsError.badRequest(
          "InvalidParameterValue", "Invalid blue/green deployment name: " + name);
    }
    boolean isTaken =
        store.deployments.stream()
            .anyMatch(d -> d.region.equals(request.region()) && d.name.equals(name));
    if (isTaken) {
      throw AwsError.badRequest(
          "BlueGreenDeploymentAlreadyExistsFault",
          "A blue/green deployment with the specified name already exists: " + name);
    }
    return name;
  }

  private DbInstance source(AwsRequest request) {
    String arn = request.params().required("Source");
    String[] parts = arn.split(":", 7);
    if (parts.length != 7 || !parts[5].equals("db")) {
      throw AwsError.notModelled("a blue/green deployment of " + arn);
    }
    DbInstance blue = store.instance(parts[3], parts[6]);
    RdsStore.requireAvailable(blue);
    Optional<String> obstacle = obstacle(blue);
    if (obstacle.isPresent()) {
      throw AwsError.badRequest("SourceDatabaseNotSupportedFault", obstacle.get());
    }
    if (blue.database.isEmpty()) {
      throw AwsError.notModelled("a blue/green deployment of the engine " + blue.text("Engine"));
    }
    store.requireRoomForInstance();
    return blue;
  }

  /**
   * What AWS's documents name as not supported, of what the embedded RDS knows.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/blue-green-deployments-considerations.html">Limitations</a>
   */
  private Optional<String> obstacle(DbInstance blue) {
    if (store.deployments.stream().anyMatch(d -> d.has(blue))) {
      return Optional.of("The source database is part of a blue/green deployment already.");
    }
    if (blue.attributes.containsKey("MasterUserSecret")) {
      return Optional.of("The master user password is managed in Secrets Manager.");
    }
    if (Integer.valueOf(0).equals(blue.attributes.get("BackupRetentionPeriod"))) {
      return Optional.of("Automated backups are not enabled.");
    }
    return blue.replicas.isEmpty()
            && !blue.attributes.containsKey("ReadReplicaSourceDBInstanceIdentifier")
        ? Optional.empty()
        : Optional.of("The embedded RDS makes no blue/green deployments with read replicas.");
  }

  private Optional<String> targetKey(AwsRequest request, DbInstance blue) {
    Optional<String> key =
        Optional.ofNullable(blue.attributes.get("KmsKeyId")).map(Object::toString);
    for (Params configuration : request.params().structures("TargetResourceConfigurations")) {
      String source = configuration.required("SourceArn");
      if (!source.equals(blue.arn(store.accountId))) {
        throw AwsError.badRequest(
            "InvalidParameterValue", source + " is not a resource of the blue environment.");
      }
      Optional<String> wanted = configuration.text("TargetKmsKeyId");
      if (wanted.isPresent()) {
        key = Optional.of(store.requireKey(request.region(), wanted.get()));
      }
    }
    return key;
  }

  private void beginGreen(BlueGreenDeployment deployment, Optional<String> key) {
    DbInstance blue = deployment.blue;
    DbInstance green =
        new DbInstance(
            blue.region,
            RdsStore.newResourceId("db-"),
            blue.identifier + "-green-" + letters(6),
            store.timeline.now());
    green.attributes.putAll(blue.attributes);
    green.attributes.put("InstanceCreateTime", green.createdAt.toString());
    green.attributes.put("DeletionProtection", false);
    key.ifPresent(
        arn -> {
          green.attributes.put("StorageEncrypted", true);
          green.attributes.put("KmsKeyId", arn);
        });
    green.port = blue.port;
    store.add(green);
    deployment.green = Optional.of(green);
    store.later(CREATE, Takes.RESTORE, () -> finishGreen(deployment, green));
  }

  private void finishGreen(BlueGreenDeployment deployment, DbInstance green) {
    green.database =
        deployment.blue.database.map(
            blue -> PostgresDatabase.follow(store.newDirectory("instance"), blue));
    green.status = "available";
    store.openEndpoint(green);
    deployment.status = "AVAILABLE";
  }

  private static String letters(int count) {
    return RdsStore.random("abcdefghijklmnopqrstuvwxyz0123456789", count);
  }

  private Map<String, Object> describe(AwsRequest request) {
    Params params = request.params();
    List<Map<String, Object>> found = new ArrayList<>();
    if (params.has("BlueGreenDeploymentIdentifier")) {
      found.add(deployment(request).xml(store.accountId));
    } else {
      store.deployments.stream()
          .filter(d -> d.region.equals(request.region()))
          .filter(d -> store.timeline.hasPropagated(d.createdAt))
          .map(d -> d.xml(store.accountId))
          .filter(xml -> matches(xml, params))
          .forEach(found::add);
    }
    return RdsStore.page(params, "BlueGreenDeployments", "member", found);
  }

  private static boolean matches(Map<String, Object> deployment, Params params) {
    return params.structures("Filters").stream()
        .allMatch(
            filter -> {
              String member =
                  switch (filter.required("Name")) {
                    case "blue-green-deployment-identifier" -> "BlueGreenDeploymentIdentifier";
                    case "blue-green-deployment-name" -> "BlueGreenDeploymentName";
                    case "source" -> "Source";
                    case "target" -> "Target";
                    default ->
                        throw AwsError.badRequest(
                            "InvalidParameterValue",
                            "Unrecognized filter name: " + filter.required("Name"));
                  };
              return filter.texts("Values").contains(deployment.getOrDefault(member, ""));
            });
  }

  private BlueGreenDeployment deployment(AwsRequest request) {
    String id = RdsStore.lower(request.params().required("BlueGreenDeploymentIdentifier"));
    return store.deployments.stream()
        .filter(d -> d.region.equals(request.region()) && d.id.equals(id))
        .filter(d -> store.timeline.hasPropagated(d.createdAt))
        .findFirst()
        .orElseThrow(
            () ->
                new AwsError(
                    "BlueGreenDeploymentNotFoundFault",
                    404,
                    "Blue/green deployment " + id + " not found."));
  }

  private static AwsError invalidState(BlueGreenDeployment deployment) {
    return AwsError.badRequest(
        "InvalidBlueGreenDeploymentStateFault",
        "The blue/green deployment " + deployment.id + " is " + deployment.status + ".");
  }

  private Map<String, Object> switchOver(AwsRequest request) {
    int timeout = request.params().number("SwitchoverTimeout").orElse(TIMEOUT);
    if (timeout < SHORTEST_TIMEOUT || timeout > LONGEST_TIMEOUT) {
      throw AwsError.badRequest(
          "InvalidParameterValue", "SwitchoverTimeout must be 30 to 3600, was " + timeout);
    }
    BlueGreenDeployment deployment = deployment(request);
    if (!deployment.is("AVAILABLE")) {
      throw invalidState(deployment);
    }
    DbInstance green = deployment.green.orElseThrow(() -> invalidState(deployment));
    store.newInstanceIdentifier(request.region(), formerName(deployment.blue));
    deployment.status = "SWITCHOVER_IN_PROGRESS";
    if (store.isStuck(SWITCH)) {
      store.timeline.after(Duration.ofSeconds(timeout), () -> giveUp(deployment));
    } else {
      store.timeline.after(Takes.SWITCHOVER, () -> swap(deployment, green));
    }
    return answer(deployment);
  }

  private static String formerName(DbInstance blue) {
    return blue.identifier + "-old1";
  }

  private static void giveUp(BlueGreenDeployment deployment) {
    deployment.status = "SWITCHOVER_FAILED";
    deployment.details = "Switchover timed out. All changes were rolled back.";
  }

  private void swap(BlueGreenDeployment deployment, DbInstance green) {
    DbInstance blue = deployment.blue;
    if (!blue.isAvailable() || !green.isAvailable()) {
      deployment.status = "SWITCHOVER_FAILED";
      deployment.details = "A DB instance of the deployment is not available.";
      return;
    }
    store.closeEndpoint(blue);
    store.closeEndpoint(green);
    PostgresDatabase from = blue.database.orElseThrow();
    from.refuseWrites();
    green.database.orElseThrow().takeOver(from);
    String serving = blue.identifier;
    rename(blue, formerName(blue));
    rename(green, serving);
    deployment.status = "SWITCHOVER_COMPLETED";
  }

  private void rename(DbInstance instance, String name) {
    store.remove(instance);
    instance.identifier = name;
    store.add(instance);
    store.openEndpoint(instance);
  }

  private Map<String, Object> delete(AwsRequest request) {
    BlueGreenDeployment deployment = deployment(request);
    boolean withTarget = request.params().truth("DeleteTarget").orElse(false);
    boolean isSwitched = deployment.is("SWITCHOVER_COMPLETED");
    if (deployment.is("SWITCHOVER_IN_PROGRESS") || deployment.is("DELETING")) {
      throw invalidState(deployment);
    }
    if (isSwitched && withTarget) {
      throw AwsError.badRequest(
          "InvalidParameterCombination",
          "DeleteTarget can't be specified if the status is SWITCHOVER_COMPLETED.");
    }
    Optional<DbInstance> doomed = withTarget ? deployment.green : Optional.empty();
    doomed.ifPresent(RdsStore::requireUnprotected);
    deployment.status = "DELETING";
    doomed.ifPresent(
        green -> {
          green.status = "deleting";
          store.closeEndpoint(green);
        });
    store.later(
        DELETE,
        Takes.DELETE,
        () -> {
          store.deployments.remove(deployment);
          doomed.ifPresent(store::delete);
          if (!isSwitched && doomed.isEmpty()) {
            deployment.green.flatMap(g -> g.database).ifPresent(PostgresDatabase::promote);
          }
        });
    return answer(deployment);
  }
}
