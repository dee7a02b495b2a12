package io.github.kmsrotation.run;

import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners, and keeps what they throw from steering the run: their Errors too, such as a
 * class that is not found. Only what befalls the virtual machine itself goes through.
 */
final class Listeners {

  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

  private final List<RotationListener> listeners;

  Listeners(List<RotationListener> listeners) {
    this.listeners = List.copyOf(listeners);
  }

  void tell(Consumer<RotationListener> message) {
    for (RotationListener listener : listeners) {
      try {
        message.accept(listener);
      } catch (VirtualMachineError e) {
        throw e;
      } catch (Throwable e) {
        LOG.warn("A rotation listener failed; the run goes on", e);
      }
    }
  }
}
