package io.sardonyx.collective;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** One process' end of a rendezvous over sockets. */
sealed interface RendezvousEnd extends AutoCloseable permits RendezvousServer, RendezvousClient {
    /** As {@link Rendezvous#allGather}. */
    List<byte[]> allGather(byte[] mine, Duration limit) throws IOException, TimeoutException, InterruptedException;

    @Override
    void close();
}
