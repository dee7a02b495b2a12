package io.github.kmsrotation.testkit.http;

import io.github.kmsrotation.testkit.call.Call;
import io.github.kmsrotation.testkit.call.Calls;
import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.fault.Faults;
import io.github.kmsrotation.testkit.fault.Faults.Fault;
import io.github.kmsrotation.testkit.fault.Faults.Kind;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What every call passes: it meets its fault, is carried out, and is remembered. */
final class Gate {

  private static final Logger LOG = LoggerFactory.getLogger(Gate.class);

  private final Faults faults;
  private final Calls calls;
  private final Timeline timeline;

  /** Who is called. */
  record Passing(
      String service, String operation, String region, Set<String> names, boolean isMutating) {}

  /** An answer, an error, or neither if the connection is to be cut. */
  record Outcome<A>(Optional<A> answer, Optional<AwsError> error) {

    static <A> Outcome<A> failed(AwsError error) {
      return new Outcome<>(Optional.empty(), Optional.of(error));
    }

    static <A> Outcome<A> cut() {
      return new Outcome<>(Optional.empty(), Optional.empty());
    }

    boolean isDropped() {
      return answer.isEmpty() && error.isEmpty();
    }
  }

  /** Carries a call out. */
  interface Work<A> {
    A call() throws IOException;
  }

  Gate(Faults faults, Calls calls, Timeline timeline) {
    this.faults = faults;
    this.calls = calls;
    this.timeline = timeline;
  }

  <A> Outcome<A> pass(Passing call, AwsError throttled, Work<A> work) throws IOException {
    Optional<Fault> fault = faults.meet(call.operation(), call.isMutating());
    Outcome<A> outcome = Outcome.cut();
    boolean tookEffect = false;
    if (fault.isPresent() && fault.get().kind() == Kind.DROP_BEFORE) {
      fault.get().hook().run();
    } else if (fault.isPresent() && isRefusal(fault.get().kind())) {
      outcome = Outcome.failed(refusal(fault.get(), throttled));
    } else {
      outcome = carryOut(call, work);
      tookEffect = outcome.error().isEmpty();
      if (fault.isPresent()) {
        outcome = late(fault.get(), outcome);
      }
    }
    remember(call, outcome, tookEffect);
    return outcome;
  }

  private static boolean isRefusal(Kind kind) {
    return kind == Kind.THROTTLE || kind == Kind.ERROR;
  }

  private static AwsError refusal(Fault fault, AwsError throttled) {
    return fault.kind() == Kind.THROTTLE
        ? throttled
        : new AwsError(fault.code(), fault.status(), "A fault on demand: " + fault.code());
  }

  private static <A> Outcome<A> late(Fault fault, Outcome<A> outcome) {
    fault.hook().run();
    if (fault.kind() == Kind.DROP_AFTER) {
      return Outcome.cut();
    }
    try {
      Thread.sleep(fault.delay().toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return outcome;
  }

  private static <A> Outcome<A> carryOut(Passing call, Work<A> work) throws IOException {
    try {
      return new Outcome<>(Optional.of(work.call()), Optional.empty());
    } catch (AwsError e) {
      return Outcome.failed(e);
    } catch (RuntimeException e) {
      LOG.error("The embedded AWS failed at {}:{}", call.service(), call.operation(), e);
      return Outcome.failed(new AwsError("InternalFailure", 500, "The embedded AWS failed: " + e));
    }
  }

  private void remember(Passing call, Outcome<?> outcome, boolean tookEffect) {
    String result =
        outcome.isDropped() ? "dropped" : outcome.error().map(AwsError::code).orElse("ok");
    calls.add(
        new Call(
            call.service(),
            call.operation(),
            call.region(),
            call.names(),
            call.isMutating(),
            result,
            tookEffect,
            timeline.now()));
  }
}
