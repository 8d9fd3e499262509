package io.sardonyx.collective;

import io.sardonyx.device.Device;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** Offers an engine; found by {@link java.util.ServiceLoader}. */
public interface TransportProvider {
    /** The engine's name, as in {@code gloo}. */
    String name();

    /** Whether it moves this device's memory. */
    boolean serves(Device device);

    /**
     * Connects this process with all others of the rendezvous.
     *
     * @throws TransportException if the engine's library is missing, with what to install, or if it cannot connect
     * @throws TimeoutException if another process has not come before the deadline
     */
    Transport connect(Rendezvous rendezvous, Device device, Duration deadline)
            throws TimeoutException, InterruptedException;
}
