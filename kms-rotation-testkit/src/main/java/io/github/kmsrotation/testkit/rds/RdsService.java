package io.github.kmsrotation.testkit.rds;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsService;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.QueryProtocol;
import io.github.kmsrotation.testkit.http.QueryProtocol.XmlList;
import io.github.kmsrotation.testkit.http.WireProtocol;
import io.github.kmsrotation.testkit.kms.KmsService;
import io.github.kmsrotation.testkit.postgres.DataDirectories;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The embedded RDS. Used under the embedded AWS's lock. */
public final class RdsService implements AwsService, AutoCloseable {

  private final WireProtocol protocol =
      new QueryProtocol("http://rds.amazonaws.com/doc/2014-10-31/", "2014-10-31");
  private final RdsStore store;
  private final Map<String, Operation> operations = new LinkedHashMap<>();

  /**
   * @param accountId the account of all resources
   * @param timeline what happens later
   * @param kms the keys
   */
  public RdsService(String accountId, Timeline timeline, KmsService kms) {
    this.store = new RdsStore(accountId, timeline, kms);
    RdsSnapshots snapshots = new RdsSnapshots(store);
    snapshots.define(operations);
    RdsAutomatedBackups backups = new RdsAutomatedBackups(store);
    backups.define(operations);
    new RdsBackupReplication(store, backups).define(operations);
    new RdsInstances(store, snapshots, backups).define(operations);
    new RdsModification(store).define(operations);
    new RdsGroupOperations(store).define(operations);
    new RdsBlueGreen(store).define(operations);
    new RdsTags(store).define(operations);
    RdsClusterSnapshots clusterSnapshots = new RdsClusterSnapshots(store);
    clusterSnapshots.define(operations);
    new RdsClusters(store, clusterSnapshots, backups).define(operations);
    new RdsEngineVersions().define(operations);
    defineWhatIsAlwaysEmpty();
  }

  private void defineWhatIsAlwaysEmpty() {
    alwaysEmpty("DescribeEventSubscriptions", "EventSubscriptionsList");
    alwaysEmpty("DescribeExportTasks", "ExportTasks");
    alwaysEmpty("DescribeIntegrations", "Integrations");
    alwaysEmpty("DescribeTenantDatabases", "TenantDatabases");
    operations.put("DescribeAccountAttributes", Operation.read(r -> quotas(r.region())));
  }

  private void alwaysEmpty(String operation, String list, String... moreParams) {
    List<String> params = new ArrayList<>(List.of(moreParams));
    params.addAll(List.of("MaxRecords", "Marker"));
    operations.put(
        operation,
        Operation.read(
            r -> Map.of(list, new XmlList("member", List.of())), params.toArray(String[]::new)));
  }

  private Map<String, Object> quotas(String region) {
    long instances = store.instances.values().stream().filter(i -> i.region.equals(region)).count();
    long snapshots = store.snapshots.values().stream().filter(s -> s.region.equals(region)).count();
    long clusters = store.clusters.values().stream().filter(c -> c.region.equals(region)).count();
    long clusterSnapshots =
        store.clusterSnapshots.values().stream().filter(s -> s.region.equals(region)).count();
    return Map.of(
        "AccountQuotas",
        new XmlList(
            "AccountQuota",
            List.of(
                quota("DBInstances", instances, RdsStore.MOST_INSTANCES),
                quota("ManualSnapshots", snapshots, RdsStore.MOST_SNAPSHOTS),
                quota("DBClusters", clusters, RdsStore.MOST_CLUSTERS),
                quota(
                    "ManualClusterSnapshots", clusterSnapshots, RdsStore.MOST_CLUSTER_SNAPSHOTS))));
  }

  private static Map<String, Object> quota(String name, long used, int max) {
    return Map.of("AccountQuotaName", name, "Used", used, "Max", max);
  }

  @Override
  public String name() {
    return "rds";
  }

  @Override
  public WireProtocol protocol() {
    return protocol;
  }

  @Override
  public Map<String, Operation> operations() {
    return operations;
  }

  /**
   * For tests.
   *
   * @return status of every DB instance by identifier
   */
  public Map<String, String> instanceStates() {
    Map<String, String> states = new TreeMap<>();
    store.instances.values().forEach(i -> states.put(i.identifier, i.status));
    return states;
  }

  /**
   * For tests.
   *
   * @return status of every DB snapshot by identifier
   */
  public Map<String, String> snapshotStates() {
    Map<String, String> states = new TreeMap<>();
    store.snapshots.values().forEach(s -> states.put(s.identifier, s.status));
    return states;
  }

  /**
   * For tests.
   *
   * @param secretArn the secret of a master user
   * @return the password in it, if there is such a secret
   */
  public Optional<String> masterPassword(String secretArn) {
    return store.masterSecrets.password(secretArn);
  }

  /**
   * For tests.
   *
   * @param operation whatever it begins from now on stays under way
   */
  public void neverFinish(String operation) {
    store.neverFinish(operation);
  }

  @Override
  public void close() {
    List.copyOf(store.instances.values()).forEach(store::delete);
    DataDirectories.delete(store.directory());
  }
}
