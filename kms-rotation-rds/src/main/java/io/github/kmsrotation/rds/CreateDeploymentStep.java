package io.github.kmsrotation.rds;

import io.github.kmsrotation.plan.Facts;
import io.github.kmsrotation.plan.Phase;
import io.github.kmsrotation.plan.StepContext;
import io.github.kmsrotation.plan.StepDescription;
import io.github.kmsrotation.plan.StepOutcome;
import io.github.kmsrotation.plan.Undo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.rds.model.BlueGreenDeployment;
import software.amazon.awssdk.services.rds.model.BlueGreenDeploymentAlreadyExistsException;
import software.amazon.awssdk.services.rds.model.CreateBlueGreenDeploymentRequest;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.SourceDatabaseNotSupportedException;
import software.amazon.awssdk.services.rds.model.Tag;
import software.amazon.awssdk.services.rds.model.TargetResourceConfiguration;

/**
 * Has RDS make a green DB instance under the new key that follows the original, which serves on.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateBlueGreenDeployment.html">CreateBlueGreenDeployment</a>
 */
final class CreateDeploymentStep extends RdsStep {

  static final String ID = "create-blue-green-deployment";

  private static final String TAG = "rds:AddTagsToResource";

  private final Deployments deployments;
  private final OriginalServes originalServes;
  private final Absence absence = new Absence();

  CreateDeploymentStep(Env env, OriginalServes originalServes) {
    super(
        new StepDescription(
            ID,
            "Have RDS make a green DB instance under the new KMS key that follows the original",
            Phase.COPY,
            List.of(Deployments.CREATE, TAG),
            List.of(Deployments.DELETE, MODIFY, Retirement.DELETE),
            List.of("blue/green deployment " + env.names().deployment()),
            Undo.UNDOABLE),
        env);
    this.deployments = new Deployments(env);
    this.originalServes = originalServes;
  }

  @Override
  public StepOutcome advance(StepContext context) {
    Optional<BlueGreenDeployment> found = deployments.find(context);
    if (found.isPresent()) {
      return judge(context, found.get());
    }
    if (isSettling(context, Deployments.CREATE, deployments.name())) {
      return deployments.waitFor("rds:BlueGreenDeploymentFound", "requested, not shown yet");
    }
    Optional<DBInstance> original = original(context);
    return AsPlanned.obstacle(env, context, original)
        .orElseGet(() -> create(context, original.orElseThrow()));
  }

  private StepOutcome create(StepContext context, DBInstance original) {
    try {
      context.mutate(
          Deployments.CREATE,
          deployments.name(),
          () -> rds.client().createBlueGreenDeployment(request(original.dbInstanceArn())));
    } catch (BlueGreenDeploymentAlreadyExistsException e) {
      // Made by an attempt whose answer was lost; not visible yet when this one looked.
    } catch (SourceDatabaseNotSupportedException e) {
      return StepOutcome.blocked(
          "RDS makes no blue/green deployment of '"
              + names.original()
              + "': "
              + e.getMessage()
              + ".",
          "Nothing was changed. Mend what it says and resume; or roll back, and make a plan with"
              + " RdsOptions.blueGreen(BlueGreen.NEVER), which goes by DB snapshots.");
    }
    return deployments.waitFor("rds:BlueGreenDeploymentAvailable", "just requested");
  }

  private CreateBlueGreenDeploymentRequest request(String original) {
    return CreateBlueGreenDeploymentRequest.builder()
        .blueGreenDeploymentName(deployments.name())
        .source(original)
        .targetResourceConfigurations(
            TargetResourceConfiguration.builder()
                .sourceArn(original)
                .targetKmsKeyId(targetKeyArn())
                .build())
        .tags(names.tag())
        .build();
  }

  private StepOutcome judge(StepContext context, BlueGreenDeployment deployment) {
    Optional<DBInstance> original = original(context);
    if (original.isEmpty()) {
      return gone("The DB instance " + names.original());
    }
    boolean isOurs =
        deployments.isMine(deployment)
            && original.get().dbInstanceArn().equals(deployment.source());
    if (!isOurs) {
      return StepOutcome.blocked(
          "There is a blue/green deployment '" + deployments.name() + "' that is not this run's.",
          "Delete it, or roll back and make a new plan.");
    }
    if (deployment.status().equals(Deployments.PROVISIONING)) {
      return deployments.waitFor("rds:BlueGreenDeploymentAvailable", deployment.status());
    }
    if (!deployment.status().equals(Deployments.AVAILABLE)) {
      return StepOutcome.blocked(
          "The blue/green deployment is " + Deployments.inWords(deployment) + ".",
          "The original serves as before. Look at the events in RDS. Mend it and resume, or roll"
              + " back.");
    }
    Optional<DBInstance> green = rds.instance(context, nameIn(deployment.target()));
    return green.isEmpty()
        ? waitUntilShown(nameIn(deployment.target()))
        : judge(context, original.get(), green.get());
  }

  private static String nameIn(String arn) {
    return arn.substring(arn.lastIndexOf(':') + 1);
  }

  private StepOutcome judge(StepContext context, DBInstance original, DBInstance green) {
    if (!Rds.isAvailable(green)) {
      return waitFor(green);
    }
    if (!targetKeyArn().equals(green.kmsKeyId())) {
      return StepOutcome.blocked(
          "The green DB instance is under " + green.kmsKeyId() + ", not the new key.",
          "Roll back and report this; the original is untouched.");
    }
    List<Tag> missing = new ArrayList<>(Settings.ownTags(original));
    missing.add(names.tag());
    missing.removeAll(green.tagList());
    if (!missing.isEmpty()) {
      String arn = green.dbInstanceArn();
      String name = green.dbInstanceIdentifier();
      if (!isSettling(context, TAG, name)) {
        context.mutate(
            TAG,
            name,
            () -> rds.client().addTagsToResource(r -> r.resourceName(arn).tags(missing)));
      }
      return waitFor("rds:TagsAdded", name, "requested");
    }
    return StepOutcome.done(
        Facts.of(
            Map.of(REPLACEMENT_RESOURCE_ID, green.dbiResourceId(), "kmsKeyId", green.kmsKeyId())));
  }

  @Override
  public StepOutcome undo(StepContext context) {
    Optional<BlueGreenDeployment> deployment = deployments.find(context);
    if (deployment.isPresent()) {
      return undo(context, deployment.get());
    }
    boolean mayBeThere =
        context.lastSent(Deployments.CREATE, deployments.name()).isPresent()
            && context.lastSent(Deployments.DELETE, deployments.name()).isEmpty();
    if (mayBeThere && !absence.isCertain(context)) {
      return waitUntilShown(deployments.name());
    }
    ReplacementRemoval removal =
        new ReplacementRemoval(this, originalServes, context.hasBegun(SwitchOverStep.ID));
    Optional<DBInstance> left = replacement(context);
    if (left.isEmpty()) {
      return removal.undone(context);
    }
    DBInstance green = left.get();
    if (!names.isMine(green.tagList())) {
      return untagged("DB instance", green.dbInstanceIdentifier(), names);
    }
    return green.dbInstanceStatus().equals("deleting")
        ? waitFor("rds:DBInstanceDeleted", green.dbInstanceIdentifier(), "deleting")
        : removal.remove(context, green);
  }

  /** Green has not served, or the step that switched over had deleted the deployment. */
  private StepOutcome undo(StepContext context, BlueGreenDeployment deployment) {
    Optional<StepOutcome> unfit = originalServes.obstacle(context);
    if (unfit.isPresent()) {
      return unfit.get();
    }
    Optional<DBInstance> green =
        Optional.ofNullable(deployment.target()).flatMap(arn -> rds.instance(context, nameIn(arn)));
    if (green.filter(RdsStep::isProtected).isPresent()) {
      String name = green.get().dbInstanceIdentifier();
      if (!isSettling(context, MODIFY, name)) {
        setDeletionProtection(context, name, false);
      }
      return waitFor("rds:DeletionProtectionChanged", name, "requested");
    }
    return deployments.delete(context, true).orElseGet(StepOutcome::done);
  }
}
