package io.github.kmsrotation.fleet;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.plan.RunId;
import io.github.kmsrotation.run.Approval;
import io.github.kmsrotation.run.Approver;
import io.github.kmsrotation.run.RotationListener;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.run.RotationRunner;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A runner for each Region of each account, since those have limits and troubles of their own.
 * Their approvers answer {@code later} while the question is being asked; the fleet takes the run
 * up again when there is an answer.
 */
final class Runners {

  private final FleetSettings settings;
  private final FleetGate gate;
  private final Questions questions;
  private final RotationListener listener;
  private final Map<String, RotationRunner> byPlace = new ConcurrentHashMap<>();

  Runners(FleetSettings settings, FleetGate gate, Questions questions, RotationListener listener) {
    this.settings = settings;
    this.gate = gate;
    this.questions = questions;
    this.listener = listener;
  }

  RotationRunner of(RotationPlan plan) {
    return byPlace.computeIfAbsent(InFlight.place(plan), place -> runner());
  }

  RotationReport reportOf(RunId run) {
    return settings.base().get().build().reportOf(run);
  }

  private RotationRunner runner() {
    return settings
        .base()
        .get()
        .gate(gate)
        .approval(settings.approvals().asking(this::apart))
        .listener(listener)
        .build();
  }

  private Approver apart(Approver approver) {
    return request ->
        questions
            .ask(request.plan().runId(), () -> approver.decide(request))
            .orElseGet(Approval::later);
  }
}
