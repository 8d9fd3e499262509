package io.sardonyx.collective;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.collective.CollectiveException.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranks are threads here; they know nothing of each other but the port. */
@Timeout(60)
class EnvironmentRendezvousTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(700);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Rendezvous> opened = new ArrayList<>();
    private int port;

    @BeforeEach
    void choosePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
    }

    @AfterEach
    void close() {
        opened.forEach(Rendezvous::close);
        threads.shutdownNow();
    }

    private Rendezvous rank(int rank, int size) {
        Rendezvous rendezvous = EnvironmentRendezvous.of(Map.of(
                "RANK", "" + rank, "WORLD_SIZE", "" + size, "MASTER_ADDR", "127.0.0.1", "MASTER_PORT", "" + port));
        opened.add(rendezvous);
        return rendezvous;
    }

    private Future<List<byte[]>> gather(Rendezvous rendezvous, String mine, Duration deadline) {
        return threads.submit(() -> rendezvous.allGather(mine.getBytes(StandardCharsets.UTF_8), deadline));
    }

    private static List<String> texts(Future<List<byte[]>> gathered) throws Exception {
        return gathered.get().stream()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .toList();
    }

    private static Throwable failure(Future<?> future) {
        return assertThrows(ExecutionException.class, future::get).getCause();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void everyoneGetsEverythingInTheOrderOfRanks(int size) throws Exception {
        List<Rendezvous> ranks = new ArrayList<>();
        for (int rank = 0; rank < size; rank++) {
            ranks.add(rank(rank, size));
        }
        for (String round : List.of("", "x", "y".repeat(1_000_000))) {
            List<String> expected = new ArrayList<>();
            List<Future<List<byte[]>>> gathered = new ArrayList<>();
            for (int rank = size - 1; rank >= 0; rank--) { // rank 0 comes last
                gathered.add(gather(ranks.get(rank), round + rank, LONG));
                expected.add(0, round + rank);
            }
            for (var one : gathered) {
                assertEquals(expected, texts(one));
            }
        }
    }

    @Test
    void everyoneIsToldWhoIsMissing() {
        // Rank 3 has the least time, and hears it from rank 0 before that is over.
        var waiting = List.of(
                gather(rank(0, 4), "", LONG),
                gather(rank(1, 4), "", LONG),
                gather(rank(3, 4), "", Duration.ofSeconds(3)));
        for (var one : waiting) {
            assertEquals(
                    "rank 2 of 4 did not come in time",
                    assertInstanceOf(TimeoutException.class, failure(one)).getMessage());
        }
    }

    @Test
    void rankZeroIsMissing() {
        var e = assertInstanceOf(TimeoutException.class, failure(gather(rank(1, 2), "", SHORT)));
        assertTrue(e.getMessage().startsWith("rank 0 at 127.0.0.1:" + port + " did not come in time"), e::getMessage);
    }

    @Test
    void ranksThatDoNotBelongTogether() {
        allHear("rank 1 came twice, from two processes", rank(0, 3), rank(1, 3), rank(1, 3));
    }

    @Test
    void ranksOfAnotherSize() {
        allHear("rank 1 was started for 3 ranks, rank 0 for 2", rank(0, 2), rank(1, 3));
    }

    private void allHear(String message, Rendezvous... ranks) {
        List<Future<List<byte[]>>> gathered = new ArrayList<>();
        for (Rendezvous rank : ranks) {
            gathered.add(gather(rank, "", LONG));
        }
        for (var one : gathered) {
            var e = assertInstanceOf(TransportException.class, failure(one));
            assertEquals(Reason.MISMATCH, e.reason(), e::getMessage);
            assertEquals(message, e.getMessage());
        }
    }

    @Test
    void aRankThatLeavesIsLost() throws Exception {
        Future<List<byte[]>> zero = gather(rank(0, 3), "", LONG);
        Rendezvous leaving = rank(1, 3);
        Future<List<byte[]>> waiting = gather(leaving, "", LONG);
        Thread.sleep(200); // so that rank 0 has heard of it
        leaving.close();
        failure(waiting);
        var e = assertInstanceOf(TransportException.class, failure(zero));
        assertEquals(Reason.PEER_LOST, e.reason(), e::getMessage);
        assertTrue(e.getMessage().startsWith("rank 1 is gone"), e::getMessage);
    }

    /** They say nonsense, or nothing, or leave at once. */
    @Test
    void strangersDoNoHarm() throws Exception {
        Future<List<byte[]>> zero = gather(rank(0, 2), "a", LONG);
        List<Socket> strangers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            strangers.add(connected());
        }
        try (OutputStream out = strangers.get(0).getOutputStream()) {
            out.write("GET / HTTP/1.1\r\nHost: somebody else entirely\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        }
        strangers.get(1).getOutputStream().write(new byte[5]);
        strangers.get(2).close();
        Future<List<byte[]>> one = gather(rank(1, 2), "b", LONG);
        assertEquals(List.of("a", "b"), texts(zero));
        assertEquals(List.of("a", "b"), texts(one));
        for (Socket stranger : strangers) {
            stranger.close();
        }
    }

    private Socket connected() throws Exception {
        for (int i = 0; ; i++) {
            try {
                return new Socket(InetAddress.getLoopbackAddress(), port);
            } catch (IOException e) {
                if (i == 100) {
                    throw e;
                }
                Thread.sleep(20); // it does not listen yet
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void waitingIsInterrupted(int rank) throws Exception {
        Rendezvous rendezvous = rank(rank, 2);
        Thread[] waiting = new Thread[1];
        Callable<List<byte[]>> gather = () -> {
            waiting[0] = Thread.currentThread();
            return rendezvous.allGather(new byte[0], LONG);
        };
        Future<List<byte[]>> gathered = threads.submit(gather);
        Thread.sleep(200);
        waiting[0].interrupt();
        assertInstanceOf(InterruptedException.class, failure(gathered));
    }

    @Test
    void thePortIsTaken() throws Exception {
        try (ServerSocket other = new ServerSocket(port)) {
            var e = assertInstanceOf(TransportException.class, failure(gather(rank(0, 2), "", SHORT)));
            assertTrue(e.getMessage().contains("rank 0 cannot listen at port " + other.getLocalPort()), e::getMessage);
        }
    }

    @Test
    void variables() {
        var slurm = EnvironmentRendezvous.of(
                Map.of("SLURM_PROCID", "1", "SLURM_NTASKS", "4", "SLURM_LAUNCH_NODE_IPADDR", "10.0.0.1"));
        assertEquals(1, slurm.rank());
        assertEquals(4, slurm.size());
        rejects("RANK is not set", Map.of());
        rejects("MASTER_ADDR is not set", Map.of("RANK", "0", "WORLD_SIZE", "2", "MASTER_PORT", "1"));
        rejects("MASTER_ADDR is not set", Map.of("SLURM_PROCID", "0", "SLURM_NTASKS", "2"));
        rejects("RANK: expected a number, given 'first'", Map.of("RANK", "first"));
        rejects("given rank 2 of 2", launched("2", "2", "1"));
        rejects("given rank -1 of 2", launched("-1", "2", "1"));
        rejects("expected a port from 1 to 65535, given 65536", launched("0", "2", "65536"));
    }

    private static Map<String, String> launched(String rank, String size, String port) {
        return Map.of("RANK", rank, "WORLD_SIZE", size, "MASTER_ADDR", "localhost", "MASTER_PORT", port);
    }

    private static void rejects(String message, Map<String, String> variables) {
        var e = assertThrows(IllegalArgumentException.class, () -> EnvironmentRendezvous.of(variables));
        assertTrue(e.getMessage().contains(message), e::getMessage);
    }
}
