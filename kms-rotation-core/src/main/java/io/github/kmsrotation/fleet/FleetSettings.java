package io.github.kmsrotation.fleet;

import io.github.kmsrotation.aws.AwsCallSettings;
import io.github.kmsrotation.journal.Journal;
import io.github.kmsrotation.run.Approvals;
import io.github.kmsrotation.run.RotationListener;
import io.github.kmsrotation.run.RotationRunner;
import io.github.kmsrotation.run.Sleeper;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What a fleet is executed with. A base for runners is made anew for each place. */
record FleetSettings(
    Journal journal,
    Supplier<RotationRunner.Builder> base,
    Approvals approvals,
    List<RotationListener> listeners,
    WaveApprover waves,
    Duration approvalPatience,
    FleetLimits limits,
    QuotaSource quotas,
    AwsCallSettings calls,
    FailureBudget budget,
    MaintenanceWindow window,
    FleetControl control,
    int workers,
    Map<String, Duration> pollEvery,
    long seed,
    Clock clock,
    Optional<Sleeper> sleeper) {}
