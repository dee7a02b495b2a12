package io.github.kmsrotation.spi;

import io.github.kmsrotation.error.MissingPermissionException;
import io.github.kmsrotation.error.UnknownKeyException;
import io.github.kmsrotation.plan.Notice;
import io.github.kmsrotation.plan.PlanningException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What planning finds: problems, which are collected so that all of them are reported at once, and
 * warnings, which go into the plan. Not safe for use by several threads.
 */
public final class Findings {

  private final String resource;
  private final List<Notice> problems = new ArrayList<>();
  private final List<Notice> warnings = new ArrayList<>();

  /**
   * @param resource what findings are about unless they say otherwise
   */
  public Findings(String resource) {
    this.resource = resource;
  }

  /**
   * A problem of the resource.
   *
   * @param text what is the matter
   * @param remedy what to do about it
   */
  public void problem(String text, String remedy) {
    problem(resource, text, remedy);
  }

  /**
   * A problem of something else, such as a key. One that was found before is not told twice.
   *
   * @param what what it is about
   * @param text what is the matter
   * @param remedy what to do about it
   */
  public void problem(String what, String text, String remedy) {
    Notice problem = new Notice(what, text, remedy);
    if (!problems.contains(problem)) {
      problems.add(problem);
    }
  }

  /**
   * A warning about the resource.
   *
   * @param text what is the matter
   * @param meaning what that means for the rotation
   */
  public void warning(String text, String meaning) {
    warnings.add(new Notice(resource, text, meaning));
  }

  /**
   * Makes a check, and goes on with the next where this one could not be made: that a call was
   * denied, or a key is not there, is one more problem.
   *
   * @param check adds to these findings
   */
  public void check(Runnable check) {
    look(
        () -> {
          check.run();
          return resource;
        });
  }

  /**
   * Looks something up; that the call was denied, or a key is not there, is one more problem.
   *
   * @param <V> what is looked up
   * @param look looks
   * @return what was found; empty if there is a problem more
   */
  public <V> Optional<V> look(Supplier<V> look) {
    try {
      return Optional.of(look.get());
    } catch (MissingPermissionException | UnknownKeyException e) {
      problem(String.valueOf(e.getMessage()), "");
      return Optional.empty();
    }
  }

  /**
   * The warnings.
   *
   * @return in the order of finding
   */
  public List<Notice> warnings() {
    return List.copyOf(warnings);
  }

  /**
   * Ends planning if there is any problem.
   *
   * @param what the resource with its kind, for the message
   * @throws PlanningException with every problem
   */
  public void throwIfAny(String what) {
    if (!problems.isEmpty()) {
      throw new PlanningException(what, problems);
    }
  }
}
