package io.github.kmsrotation.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.spi.RotationStrategy.BoundSteps;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What was made for steps is closed once, also where no steps come of it. */
class BoundStepsTest {

  private final AtomicInteger closed = new AtomicInteger();

  @Test
  void stepsThatCannotBeMade_closeWhatWasMadeForThem() {
    IllegalStateException failure = new IllegalStateException("no steps");

    assertThatThrownBy(
            () ->
                BoundSteps.of(
                    () -> {
                      throw failure;
                    },
                    closed::incrementAndGet))
        .isSameAs(failure);

    assertThat(closed).hasValue(1);
  }

  @Test
  void stepsThatAreMade_leaveClosingToTheRunner() {
    BoundSteps bound = BoundSteps.of(List::of, closed::incrementAndGet);

    assertThat(closed).hasValue(0);
    bound.closer().run();
    assertThat(closed).hasValue(1);
  }
}
