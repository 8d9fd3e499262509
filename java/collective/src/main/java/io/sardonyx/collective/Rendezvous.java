package io.sardonyx.collective;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * Where the processes of a group find each other before they are connected: a barrier that carries a few bytes. Apache Spark's barrier
 * stage is one, environment variables and a socket are another ({@link EnvironmentRendezvous}).
 */
public interface Rendezvous extends AutoCloseable {
    /** This process' place, from 0 to {@code size() - 1}. */
    int rank();

    /** How many processes there are. */
    int size();

    /**
     * Waits until all processes have called this as often, and gives what each of them brought, by rank. Every process makes the same
     * number of calls.
     *
     * @throws TimeoutException if one of them has not come before the deadline, with the ranks that are missing as far as that is known
     * @throws TransportException if there are two processes of one rank, or they do not belong together, or one is gone
     * @throws InterruptedException if the waiting thread was interrupted
     */
    List<byte[]> allGather(byte[] mine, Duration deadline) throws TimeoutException, InterruptedException;

    /** The address of this machine by which the other processes reach it, where that is known. */
    default Optional<InetAddress> localAddress() {
        return Optional.empty();
    }

    @Override
    default void close() {}
}
