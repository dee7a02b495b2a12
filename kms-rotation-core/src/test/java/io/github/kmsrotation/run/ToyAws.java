package io.github.kmsrotation.run;

import io.github.kmsrotation.plan.Condition;
import io.github.kmsrotation.plan.StepOutcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import software.amazon.awssdk.core.exception.AbortedException;

/** Names of things that exist, and failures that the next calls meet. */
final class ToyAws {

  private final Set<String> things = new TreeSet<>(Set.of("original"));
  private final List<String> calls = new ArrayList<>();
  private final Deque<RuntimeException> before = new ArrayDeque<>();
  private final Deque<RuntimeException> after = new ArrayDeque<>();
  private final Deque<RuntimeException> whenClosing = new ArrayDeque<>();
  private String content = "same";
  private String expected = "same";
  private boolean ready = true;
  private boolean interrupts;
  private int closed;

  boolean has(String name) {
    return things.contains(name);
  }

  String make(String name) {
    fail(before);
    calls.add("make " + name);
    things.add(name);
    if (interrupts) {
      interrupts = false;
      Thread.currentThread().interrupt();
      throw AbortedException.create("Thread was interrupted");
    }
    fail(after);
    return name;
  }

  String remove(String name) {
    fail(before);
    calls.add("remove " + name);
    things.remove(name);
    fail(after);
    return name;
  }

  private static void fail(Deque<RuntimeException> failures) {
    RuntimeException failure = failures.poll();
    if (failure != null) {
      throw failure;
    }
  }

  /** As the SDK does it: the call arrives, the thread does not wait for the answer. */
  void interruptNextCall() {
    interrupts = true;
  }

  void failBeforeNextCall(RuntimeException failure) {
    before.add(failure);
  }

  void failAfterNextCall(RuntimeException failure) {
    after.add(failure);
  }

  /** Those that no call has met. */
  void forgetFailures() {
    before.clear();
    after.clear();
  }

  boolean isReady(String name) {
    return ready;
  }

  void neverGetsReady() {
    ready = false;
  }

  StepOutcome waitFor(String name) {
    return StepOutcome.waiting(
        new Condition("toy:Ready", name, "creating", Duration.ofSeconds(15), Duration.ofHours(1)));
  }

  String content() {
    return content;
  }

  void content(String value) {
    content = value;
  }

  String expected() {
    return expected;
  }

  void expect(String value) {
    expected = value;
  }

  Set<String> things() {
    return things;
  }

  List<String> calls() {
    return calls;
  }

  void close() {
    closed++;
    fail(whenClosing);
  }

  void failWhenClosing(RuntimeException failure) {
    whenClosing.add(failure);
  }

  int timesClosed() {
    return closed;
  }
}
