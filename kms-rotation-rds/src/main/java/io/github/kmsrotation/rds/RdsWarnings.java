package io.github.kmsrotation.rds;

import io.github.kmsrotation.spi.Findings;
import java.util.List;
import java.util.function.Predicate;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.DBParameterGroupStatus;
import software.amazon.awssdk.services.rds.model.EventSubscription;
import software.amazon.awssdk.services.rds.model.Tag;

/** What a rotation cannot carry over, or costs, without standing in its way. */
final class RdsWarnings {

  private static final String DEFAULT_ROLLOUT_ORDER = "second";

  private final RdsOptions options;
  private final RdsWay way;
  private final Findings findings;

  RdsWarnings(RdsOptions options, RdsWay way, Findings findings) {
    this.options = options;
    this.way = way;
    this.findings = findings;
  }

  void warn(DBInstance original) {
    if (way == RdsWay.SNAPSHOT) {
      warnAboutConsent();
    } else {
      warnAboutDeployment();
    }
    warnAboutAccess(original);
    warnAboutOldKey(original);
    warnAboutTags(original);
    warnAboutOperation(original);
    warnAboutEveryRotation();
  }

  private void warnAboutConsent() {
    if (options.writeFreeze().isEmpty()) {
      warning(
          "Writes made after the DB snapshot will be lost.",
          "That was accepted with iAcceptLosingWritesMadeAfterTheSnapshot().");
    }
    if (options.dataVerifier().isEmpty()) {
      warning(
          "The data of the two databases will not be compared.",
          "That was accepted with iAcceptThatTheDataIsNotCompared().");
    }
  }

  private void warnAboutDeployment() {
    warning(
        "The data of the two databases is not compared: RDS keeps green in sync, and does not"
            + " switch over while it lags.",
        "The former stays, read-only, until RETIRE is approved: compare it with your own means if"
            + " you want to.");
    if (options.writeFreeze().isPresent() || options.dataVerifier().isPresent()) {
      warning(
          "writeFreeze and verifyData are given and not used.",
          "They belong to the way by DB snapshots: BlueGreen.NEVER.");
    }
    warning(
        "RDS chooses the Availability Zone of the green DB instance.",
        "It may be another one than the original's.");
  }

  private void warnAboutAccess(DBInstance original) {
    if (Boolean.TRUE.equals(original.iamDatabaseAuthenticationEnabled())) {
      warning(
          "IAM policies that allow rds-db:connect name the resource id "
              + original.dbiResourceId()
              + ", and the replacement has another.",
          "Allow the new resource id before the cutover; the report names it.");
    }
    if (original.masterUserSecret() != null) {
      warning(
          "RDS manages the master password, and gives the replacement a new password in a new"
              + " secret.",
          "Who reads the secret by its ARN needs the new ARN. If verifyData logs in as the master"
              + " user, it has to look up the password of each DB instance:"
              + " JdbcComparison.passwordOf(...), or a connector.");
    }
    if (original.listenerEndpoint() != null) {
      warning(
          "It has a listener endpoint for Always On.",
          "Who connects to that instead of the DB instance's endpoint needs the new one.");
    }
  }

  /** A setting is kept even where it names the key that the rotation leaves. */
  private void warnAboutOldKey(DBInstance original) {
    Predicate<String> isLeft = key -> key.equals(Settings.text(original.kmsKeyId()));
    String insightsKey = Settings.text(original.performanceInsightsKMSKeyId());
    if (Boolean.TRUE.equals(original.performanceInsightsEnabled()) && isLeft.test(insightsKey)) {
      warning(
          "Performance Insights data is under " + insightsKey + ", and stays under it.",
          "This rotation moves the storage only: the old key has to stay usable for that data.");
    }
    if (original.masterUserSecret() != null
        && isLeft.test(Settings.text(original.masterUserSecret().kmsKeyId()))) {
      warning(
          "The secret with the master password is under "
              + original.masterUserSecret().kmsKeyId()
              + ", and the replacement's will be, too.",
          "This rotation moves the storage only: the old key has to stay usable for the secret.");
    }
  }

  private void warnAboutTags(DBInstance original) {
    List<String> reserved =
        original.tagList().stream().map(Tag::key).filter(key -> key.startsWith("aws:")).toList();
    if (!reserved.isEmpty()) {
      warning(
          "The replacement will not have the tags " + reserved + ": only AWS sets such tags.",
          "A stack or service that made the DB instance will not know the replacement: import it"
              + " there.");
    }
  }

  private void warnAboutOperation(DBInstance original) {
    if (original.awsBackupRecoveryPointArn() != null
        || !original.dbInstanceAutomatedBackupsReplications().isEmpty()) {
      warning(
          "It is backed up by AWS Backup or has replicated automated backups.",
          "Set that up again for the replacement.");
    }
    List<String> pending =
        original.dbParameterGroups().stream()
            .filter(group -> "pending-reboot".equals(group.parameterApplyStatus()))
            .map(DBParameterGroupStatus::dbParameterGroupName)
            .toList();
    if (!pending.isEmpty()) {
      warning(
          "Parameters of " + pending + " are pending-reboot: the original runs without them.",
          "The replacement starts with them. Reboot the original first to see what they do.");
    }
    if (original.dbCapacityReservationIdentifier() != null) {
      warning(
          "It uses the DB capacity reservation "
              + original.dbCapacityReservationIdentifier()
              + ", and so will the replacement.",
          "While both exist the reservation needs room for both, or the restore fails.");
    }
    String rolloutOrder = Settings.text(original.upgradeRolloutOrderAsString());
    if (!rolloutOrder.isEmpty() && !rolloutOrder.equals(DEFAULT_ROLLOUT_ORDER)) {
      warning(
          "Its upgrade rollout order is " + rolloutOrder + ", which a restore cannot be told.",
          "It comes from a policy of AWS Organizations: check that it holds for the replacement.");
    }
  }

  private void warnAboutEveryRotation() {
    warning(
        "Log files, Performance Insights history and automated backups stay with the original.",
        "Its automated backups are retained when it is deleted, until they expire, and need the"
            + " former key so long.");
    if (way == RdsWay.SNAPSHOT) {
      warning(
          "The cutover renames both DB instances, which reboots them: connections break.",
          "Nothing serves between the two renames, usually a few minutes.");
    } else {
      warning(
          "The switchover breaks connections, and writes wait or fail until it is over.",
          "That is usually less than a minute; after "
              + options.switchoverTimeout().toSeconds()
              + " s RDS takes it back.");
    }
    warning(
        "A rollback after the cutover brings the original back as it was before.",
        "Writes made since the cutover are kept in a final DB snapshot of the replacement.");
    warning(
        "A client that keeps an address it once looked up reaches the original after the cutover.",
        "Have clients look up the endpoint again. What is written to the original is found before"
            + " it is deleted, if the data is compared.");
  }

  void warnAboutSubscriptions(DBInstance original, List<EventSubscription> all) {
    List<String> subscriptions =
        all.stream()
            .filter(s -> s.sourceIdsList().contains(original.dbInstanceIdentifier()))
            .map(EventSubscription::custSubscriptionId)
            .toList();
    if (!subscriptions.isEmpty()) {
      warning(
          "Event subscriptions name it: " + subscriptions + ".",
          "Check after the cutover that they name the replacement.");
    }
  }

  private void warning(String text, String meaning) {
    findings.warning(text, meaning);
  }
}
