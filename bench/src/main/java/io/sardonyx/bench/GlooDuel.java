package io.sardonyx.bench;

import com.google.gson.GsonBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * All-reduce between two processes over Gloo on the loopback interface, by our API and by Gloo's own C++ ({@code bench/gloo/rank.cpp}),
 * in turns: the ratio is the median over the turns of ours over theirs, each the median of its repeats on rank 0.
 */
final class GlooDuel {
    private static final int RANKS = 2;
    private static final int TURNS = 41;
    private static final int REPEATS = 5;

    record Line(long bytes, double oursMs, double peerMs, double ratio, double low, double high) {}

    record Report(Origin origin, String note, List<Line> lines) {}

    /** The processes of one side. */
    private static final class Side implements AutoCloseable {
        private final List<Process> ranks = new ArrayList<>();

        void add(List<String> command, Map<String, String> variables) throws IOException {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().putAll(variables);
            ranks.add(builder.start());
        }

        /** The median of some repeats on rank 0; for none, a sum is checked. */
        double seconds(long bytes, int repeats) throws IOException {
            for (Process rank : ranks) {
                Writer writer = rank.outputWriter();
                writer.write(bytes + " " + repeats + "\n");
                writer.flush();
            }
            double first = 0;
            for (Process rank : ranks) {
                BufferedReader reader = rank.inputReader();
                String answer = reader.readLine();
                if (answer == null) {
                    throw new IllegalStateException("a rank has ended");
                }
                first = rank == ranks.get(0) ? Double.parseDouble(answer) : first;
            }
            return first;
        }

        @Override
        public void close() {
            ranks.forEach(Process::destroy);
        }
    }

    private GlooDuel() {}

    /** @param arguments the compiled {@code rank.cpp}, the peer's version, and sizes in MiB */
    public static void main(String[] arguments) throws IOException {
        List<Line> lines = new ArrayList<>();
        try (Side ours = ours();
                Side peer = peer(arguments[0])) {
            for (String mebibytes : Arrays.asList(arguments).subList(2, arguments.length)) {
                lines.add(compare(ours, peer, Long.parseLong(mebibytes) << 20));
            }
        }
        Origin origin = Origin.of("bench/allreduce-gloo", arguments[1], new String[0]);
        String note = RANKS + " processes, float32 sum in place, 127.0.0.1; " + TURNS + " turns of " + REPEATS
                + " repeats; ratio = ours / peer, quartiles";
        System.out.println(new GsonBuilder()
                .setPrettyPrinting()
                .disableHtmlEscaping()
                .create()
                .toJson(new Report(origin, note, lines)));
    }

    private static Side ours() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Side side = new Side();
        for (int rank = 0; rank < RANKS; rank++) {
            side.add(
                    List.of(
                            System.getProperty("java.home") + "/bin/java",
                            "-cp",
                            System.getProperty("java.class.path"),
                            GlooRank.class.getName()),
                    Map.of(
                            "RANK", "" + rank,
                            "WORLD_SIZE", "" + RANKS,
                            "MASTER_ADDR", "127.0.0.1",
                            "MASTER_PORT", "" + port));
        }
        return side;
    }

    private static Side peer(String program) throws IOException {
        Path folder = Files.createTempDirectory("gloo");
        Side side = new Side();
        for (int rank = 0; rank < RANKS; rank++) {
            side.add(List.of(program, "" + rank, "" + RANKS, folder.toString()), Map.of());
        }
        return side;
    }

    private static Line compare(Side ours, Side peer, long bytes) throws IOException {
        for (Side side : List.of(ours, peer)) {
            side.seconds(bytes, 0);
            side.seconds(bytes, REPEATS); // to warm up
        }
        double[] mine = new double[TURNS];
        double[] theirs = new double[TURNS];
        double[] ratios = new double[TURNS];
        for (int turn = 0; turn < TURNS; turn++) {
            if (turn % 2 == 0) {
                mine[turn] = ours.seconds(bytes, REPEATS);
                theirs[turn] = peer.seconds(bytes, REPEATS);
            } else {
                theirs[turn] = peer.seconds(bytes, REPEATS);
                mine[turn] = ours.seconds(bytes, REPEATS);
            }
            ratios[turn] = mine[turn] / theirs[turn];
        }
        for (Side side : List.of(ours, peer)) {
            side.seconds(bytes, 0);
        }
        Arrays.sort(ratios);
        return new Line(
                bytes,
                rounded(1e3 * Duel.median(mine)),
                rounded(1e3 * Duel.median(theirs)),
                rounded(Duel.median(ratios)),
                rounded(ratios[TURNS / 4]),
                rounded(ratios[TURNS - 1 - TURNS / 4]));
    }

    private static double rounded(double value) {
        return Math.round(value * 1e3) / 1e3;
    }
}
