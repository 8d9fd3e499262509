package io.sardonyx.collective.gloo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sardonyx.collective.EnvironmentRendezvous;
import io.sardonyx.collective.TransportException;
import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Processes of this test, one a rank, with the variables that a launcher sets; ended when this is closed. */
final class Ranks implements AutoCloseable {
    private static final String HOST = "127.0.0.1";

    private final List<Process> processes = new ArrayList<>();

    /** Skips the test, with the reason, where there is no Gloo. */
    static void assumeGloo() {
        try {
            GlooLibrary.require();
        } catch (TransportException e) {
            assumeTrue(false, e.getMessage());
        }
        assumeTrue(Devices.best().name().equals("cpu"), () -> String.join("; ", Devices.problems()));
    }

    /** The device of this process' rank. */
    static Device cpu() {
        return Devices.get("cpu");
    }

    /** One rank after the other, in JVMs that run {@code main}. */
    static Ranks start(int size, Class<?> main, String... arguments) {
        Ranks ranks = new Ranks();
        int port = freePort();
        for (int rank = 0; rank < size; rank++) {
            ranks.add(main, variables(rank, size, port), arguments);
        }
        return ranks;
    }

    void add(Class<?> main, Map<String, String> variables, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms64m",
                "-Xmx64m",
                "-XX:+AlwaysPreTouch", // so that memory that grows is native
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dsardonyx.sim=none",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
        String natives = System.getProperty("sardonyx.natives");
        if (natives != null) {
            command.add(1, "-Dsardonyx.natives=" + natives);
        }
        command.add(main.getName());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(variables);
        try {
            processes.add(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Map<String, String> variables(int rank, int size, int port) {
        Map<String, String> variables = new HashMap<>();
        variables.put("RANK", String.valueOf(rank));
        variables.put("WORLD_SIZE", String.valueOf(size));
        variables.put("MASTER_ADDR", HOST);
        variables.put("MASTER_PORT", String.valueOf(port));
        return variables;
    }

    /** In this process or one of its children, for as many groups as one likes one behind the other. */
    static EnvironmentRendezvous meetAt(int port) {
        Map<String, String> variables = new HashMap<>(System.getenv());
        variables.put("MASTER_PORT", String.valueOf(port));
        return EnvironmentRendezvous.of(variables);
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Process process(int rank) {
        return processes.get(rank);
    }

    /** Waits until that rank has printed {@code line}; what came before is passed over. */
    void awaitLine(int rank, String line) {
        BufferedReader reader = process(rank).inputReader();
        StringBuilder before = new StringBuilder();
        try {
            for (String read = reader.readLine(); read != null; read = reader.readLine()) {
                if (read.equals(line)) {
                    return;
                }
                before.append(read).append('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        fail("rank " + rank + " ended without '" + line + "':\n" + before);
    }

    /** Sends it a signal of this name, as {@code STOP}. */
    void signal(int rank, String name) throws Exception {
        int code = new ProcessBuilder("kill", "-" + name, String.valueOf(process(rank).pid()))
                .start()
                .waitFor();
        assertEquals(0, code, "kill");
    }

    /** All have ended well. */
    void assertSucceeded() throws Exception {
        for (int rank = 0; rank < processes.size(); rank++) {
            assertSucceeded(rank);
        }
    }

    void assertSucceeded(int rank) throws Exception {
        Process process = process(rank);
        String printed = String.join("\n", process.inputReader().lines().toList());
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            fail("rank " + rank + " does not end:\n" + printed);
        }
        assertEquals(0, process.exitValue(), "rank " + rank + ":\n" + printed);
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
    }
}
