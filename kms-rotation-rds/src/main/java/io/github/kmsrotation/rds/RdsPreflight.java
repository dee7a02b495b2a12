package io.github.kmsrotation.rds;

import io.github.kmsrotation.rds.data.DataVerifier;
import io.github.kmsrotation.rds.data.DatabaseEndpoint;
import io.github.kmsrotation.spi.Findings;
import io.github.kmsrotation.spi.PlanRequest;
import io.github.kmsrotation.target.RdsTarget;
import java.util.List;
import java.util.function.Supplier;
import software.amazon.awssdk.services.rds.model.AccountQuota;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.EventSubscription;
import software.amazon.awssdk.services.rds.model.PendingModifiedValues;

/** What stands in the way of rotating a DB instance. */
final class RdsPreflight {

  private static final int MOST_TAGS = 50;

  private final PlanRequest<RdsTarget> request;
  private final RdsOptions options;
  private final Rds rds;
  private final RdsNames names;
  private final Findings findings;

  RdsPreflight(
      PlanRequest<RdsTarget> request,
      RdsOptions options,
      Rds rds,
      RdsNames names,
      Findings findings) {
    this.request = request;
    this.options = options;
    this.rds = rds;
    this.names = names;
    this.findings = findings;
  }

  void check(DBInstance original) {
    if (names.way() == RdsWay.SNAPSHOT) {
      checkOptions();
      checkDataVerifier(original);
    }
    checkState(original);
    checkTopology(original);
    findings.check(() -> checkDeployments(original));
    checkWhatCannotBeCarriedOver(original);
    findings.check(this::checkInstanceNames);
    findings.check(this::checkSnapshotNames);
    findings.check(this::checkQuotas);
    findings.check(() -> checkOtherRuns(original));
    RdsWarnings warnings = new RdsWarnings(options, names.way(), findings);
    warnings.warn(original);
    findings.check(() -> warnings.warnAboutSubscriptions(original, subscriptions()));
  }

  private void checkOptions() {
    if (options.writeFreeze().isEmpty() && !options.isLosingWritesAccepted()) {
      problem(
          "Writes made after the DB snapshot would be lost.",
          "Give RdsOptions a writeFreeze that stops them, or say"
              + " iAcceptLosingWritesMadeAfterTheSnapshot().");
    }
    if (options.dataVerifier().isEmpty() && !options.isUnverifiedDataAccepted()) {
      problem(
          "Nothing would compare the data before the original is deleted.",
          "Give RdsOptions verifyData(JdbcComparison...), or say"
              + " iAcceptThatTheDataIsNotCompared().");
    }
  }

  private void checkState(DBInstance original) {
    if (!Rds.isAvailable(original)) {
      problem(
          "It is " + original.dbInstanceStatus() + ", not available.",
          "Wait until it is available, or start it.");
    }
    if (original.pendingModifiedValues() != null
        && !original.pendingModifiedValues().equals(PendingModifiedValues.builder().build())) {
      problem(
          "Changes to it are pending for its next maintenance window; a replacement would not have"
              + " them.",
          "Apply them now, or take them back.");
    }
    if (original.tagList().size() >= MOST_TAGS) {
      problem(
          "It has " + original.tagList().size() + " tags; the run needs one more on what it makes.",
          "Remove a tag: RDS allows " + MOST_TAGS + ".");
    }
  }

  private void checkTopology(DBInstance original) {
    Topology.problems(original).forEach(found -> problem(found.text(), found.remedy()));
  }

  private void checkDeployments(DBInstance original) {
    Topology.deployment(request.calls(), rds, original)
        .ifPresent(found -> problem(found.text(), found.remedy()));
  }

  private void checkWhatCannotBeCarriedOver(DBInstance original) {
    if (original.tdeCredentialArn() != null) {
      problem(
          "It uses TDE with a hardware module, which a restore cannot be told.", "Turn it off.");
    }
    if (original.engine().startsWith("custom-")) {
      problem("RDS Custom keeps state outside the DB snapshot.", "Rotate it by hand.");
    }
    if (!original.additionalStorageVolumes().isEmpty()) {
      problem("It has additional storage volumes.", "They are not supported yet; rotate by hand.");
    }
    if ("started".equals(original.activityStreamStatusAsString())
        || "starting".equals(original.activityStreamStatusAsString())) {
      problem(
          "It has a database activity stream, which the replacement would not have.",
          "Stop it, and start one on the rotated DB instance afterwards.");
    }
  }

  private void checkDataVerifier(DBInstance original) {
    if (Rds.isAvailable(original)) {
      options.dataVerifier().ifPresent(verifier -> tryOut(verifier, Rds.endpoint(original)));
    }
  }

  /** It is the caller's code, so whatever it throws is a problem like those that it returns. */
  private void tryOut(DataVerifier verifier, DatabaseEndpoint original) {
    try {
      verifier
          .preflight(original)
          .forEach(found -> findings.problem(found.resource(), found.text(), found.remedy()));
    } catch (RuntimeException e) {
      problem(
          "The data verifier cannot be tried: " + Comparing.inWords(e),
          "Mend it, or give RdsOptions another verifyData(...).");
    }
  }

  private void checkInstanceNames() {
    for (String name : List.of(names.replacement(), names.asideName())) {
      if (rds.instance(request.calls(), name).isPresent()) {
        problem("A DB instance '" + name + "' is there already.", "Plan again for another name.");
      }
    }
  }

  private void checkSnapshotNames() {
    for (String name : List.of(names.snapshot(), names.rekeyedSnapshot(), names.finalSnapshot())) {
      if (rds.snapshot(request.calls(), name).isPresent()) {
        problem("A DB snapshot '" + name + "' is there already.", "Plan again for another name.");
      }
    }
  }

  private void checkQuotas() {
    for (AccountQuota quota :
        read("rds:DescribeAccountAttributes", () -> rds.client().describeAccountAttributes())
            .accountQuotas()) {
      switch (Settings.text(quota.accountQuotaName())) {
        case "ManualSnapshots" ->
            checkQuota(quota, RdsQuotas.SNAPSHOTS_OF_A_RUN, "manual DB snapshots");
        case "DBInstances" -> checkQuota(quota, RdsQuotas.INSTANCES_OF_A_RUN, "DB instances");
        default -> {}
      }
    }
  }

  private void checkQuota(AccountQuota quota, int needed, String what) {
    if (quota.used() + needed > quota.max()) {
      problem(
          "The account uses "
              + quota.used()
              + " of "
              + quota.max()
              + " "
              + what
              + "; the run needs "
              + needed
              + " more.",
          "Delete some, or have the quota raised.");
    }
  }

  private void checkOtherRuns(DBInstance original) {
    new OtherRuns(rds, names)
        .underAnywhere(request.calls(), original)
        .ifPresent(other -> problem(OtherRuns.text(other), OtherRuns.remedy(other)));
  }

  private List<EventSubscription> subscriptions() {
    return read(
        "rds:DescribeEventSubscriptions",
        () ->
            rds.client().describeEventSubscriptionsPaginator().eventSubscriptionsList().stream()
                .toList());
  }

  private <T> T read(String operation, Supplier<T> call) {
    return request.calls().read(operation, call);
  }

  private void problem(String text, String remedy) {
    findings.problem(text, remedy);
  }
}
