package io.sardonyx.collective.gloo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sardonyx.collective.TransportException;
import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

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

    static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** In JVMs that run {@code main}. */
    static Ranks start(int size, Class<?> main) {
        Ranks ranks = new Ranks();
        int port = freePort();
        for (int rank = 0; rank < size; rank++) {
            ranks.add(main, variables(rank, size, port));
        }
        return ranks;
    }

    /** One more process, which is told its rank later; its number here. */
    int add(Class<?> main) {
        add(main, Map.of());
        return processes.size() - 1;
    }

    private void add(Class<?> main, Map<String, String> variables) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms64m",
                "-Xmx64m",
                "-XX:+AlwaysPreTouch", // so that memory that grows is native
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dsardonyx.sim=none",
                "-cp",
                classPath()));
        if (Runtime.version().feature() >= 24) { // which would warn in what the ranks print
            command.add(1, "--enable-native-access=ALL-UNNAMED");
        }
        String natives = System.getProperty("sardonyx.natives");
        if (natives != null) {
            command.add(1, "-Dsardonyx.natives=" + natives);
        }
        command.add(main.getName());
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

    /** Not one that the system gives to connections: any of the other ranks' might have it by the time it is listened at. */
    static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName(HOST))) {
                return socket.getLocalPort();
            } catch (BindException e) {
                continue; // another one
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private Process process(int number) {
        return processes.get(number);
    }

    /** Writes a line to its input. */
    void tell(int number, String line) {
        try {
            Writer writer = process(number).outputWriter();
            writer.write(line + "\n");
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its next line is this one. */
    void awaitLine(int number, String line) {
        try {
            BufferedReader reader = process(number).inputReader();
            assertEquals(line, reader.readLine(), "process " + number);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends it a signal of this name, as {@code STOP}. */
    void signal(int number, String name) throws Exception {
        int code = new ProcessBuilder(
                        "kill", "-" + name, String.valueOf(process(number).pid()))
                .start()
                .waitFor();
        assertEquals(0, code, "kill");
    }

    /** All have ended well. */
    void assertSucceeded() throws Exception {
        for (Process process : processes) {
            int rank = processes.indexOf(process);
            String printed = String.join("\n", process.inputReader().lines().toList());
            assertEquals(0, process.waitFor(), () -> "rank " + rank + ":\n" + printed);
        }
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
    }
}
