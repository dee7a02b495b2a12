package io.github.kmsrotation.kms;

import io.github.kmsrotation.testkit.clock.TestClock;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import software.amazon.awssdk.services.kms.KmsClient;

/**
 * Clients of a KMS that shows every change late: reads are answered as they would have been some
 * time ago, if they were asked before. Not safe for use by several threads.
 */
final class StaleKms {

  private static final Set<String> READS =
      Set.of(
          "describeKey",
          "listAliases",
          "listGrants",
          "listKeys",
          "listKeyRotations",
          "listResourceTags",
          "getKeyPolicy",
          "getKeyRotationStatus");

  private static final Set<String> CHANGES =
      Set.of(
          "createKey",
          "createGrant",
          "deleteImportedKeyMaterial",
          "disableKeyRotation",
          "enableKeyRotation",
          "importKeyMaterial",
          "replicateKey",
          "rotateKeyOnDemand",
          "scheduleKeyDeletion",
          "tagResource",
          "untagResource",
          "updateAlias");

  private final Function<String, KmsClient> clients;
  private final TestClock clock;
  private final Duration delay;
  private final Map<String, Question> asked = new HashMap<>();
  private int changes;
  private int stopAfter;

  StaleKms(Function<String, KmsClient> clients, TestClock clock, Duration delay) {
    this.clients = clients;
    this.clock = clock;
    this.delay = delay;
  }

  private record Answer(Instant at, Callable<Object> value) {}

  private record Question(Callable<Object> ask, Deque<Answer> answers) {}

  /** Whatever is asked after the nth change fails, once. */
  void stopAfter(int n) {
    stopAfter = n;
  }

  KmsClient in(String region) {
    KmsClient real = clients.apply(region);
    return (KmsClient)
        Proxy.newProxyInstance(
            KmsClient.class.getClassLoader(),
            new Class<?>[] {KmsClient.class},
            (proxy, method, arguments) -> call(region, real, proxy, method, arguments));
  }

  private Object call(
      String region, KmsClient real, Object proxy, Method method, Object[] arguments)
      throws Throwable {
    boolean isShorthand =
        method.getName().endsWith("Paginator")
            || (arguments != null && arguments[0] instanceof Consumer);
    if (isShorthand) {
      return InvocationHandler.invokeDefault(proxy, method, arguments);
    }
    Callable<Object> ask = () -> invoke(real, method, arguments);
    if (READS.contains(method.getName())) {
      if (stopAfter > 0 && changes >= stopAfter) {
        stopAfter = 0;
        throw new IllegalStateException("stopped here");
      }
      return read(region + " " + method.getName() + " " + arguments[0], ask);
    }
    if (CHANGES.contains(method.getName())) {
      askAll();
      Object answer = ask.call();
      changes++;
      askAll();
      return answer;
    }
    return ask.call();
  }

  private static Object invoke(KmsClient real, Method method, Object[] arguments) throws Exception {
    try {
      return method.invoke(real, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e;
    }
  }

  private Object read(String what, Callable<Object> ask) throws Exception {
    Question question = asked.computeIfAbsent(what, w -> new Question(ask, new ArrayDeque<>()));
    remember(question);
    Instant then = clock.instant().minus(delay);
    Answer shown = question.answers().getFirst();
    for (Answer answer : question.answers()) {
      if (!answer.at().isAfter(then)) {
        shown = answer;
      }
    }
    return shown.value().call();
  }

  private void askAll() {
    List<Question> all = new ArrayList<>(asked.values());
    all.forEach(this::remember);
  }

  private void remember(Question question) {
    question.answers().add(new Answer(clock.instant(), answer(question)));
  }

  private static Callable<Object> answer(Question question) {
    try {
      Object value = question.ask().call();
      return () -> value;
    } catch (Exception e) {
      return () -> {
        throw e;
      };
    }
  }
}
