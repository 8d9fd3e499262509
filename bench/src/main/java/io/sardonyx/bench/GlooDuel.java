package io.sardonyx.bench;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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

    private GlooDuel() {}

    /** @param arguments the compiled {@code rank.cpp}, the peer's version, and sizes in MiB */
    public static void main(String[] arguments) throws IOException {
        List<Line> lines = new ArrayList<>();
        try (RankProcesses ours = ours();
                RankProcesses peer = peer(arguments[0])) {
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

    private static RankProcesses ours() {
        return new RankProcesses(RANKS, rank -> RankProcesses.java(GlooRank.class, List.of()));
    }

    private static RankProcesses peer(String program) throws IOException {
        Path folder = Files.createTempDirectory("gloo");
        return new RankProcesses(RANKS, rank -> List.of(program, "" + rank, "" + RANKS, folder.toString()));
    }

    /** The median of some repeats on rank 0; for none, a sum is checked. */
    private static double seconds(RankProcesses side, long bytes, int repeats) {
        side.tell(bytes + " " + repeats);
        List<String> answers = side.hear("a rank has ended");
        try {
            return answers.stream().mapToDouble(Double::parseDouble).toArray()[0]; // rank 0's
        } catch (NumberFormatException e) {
            throw new IllegalStateException(answers.toString(), e);
        }
    }

    private static Line compare(RankProcesses ours, RankProcesses peer, long bytes) throws IOException {
        for (RankProcesses side : List.of(ours, peer)) {
            seconds(side, bytes, 0);
            seconds(side, bytes, REPEATS); // to warm up
        }
        double[] mine = new double[TURNS];
        double[] theirs = new double[TURNS];
        double[] ratios = new double[TURNS];
        for (int turn = 0; turn < TURNS; turn++) {
            if (turn % 2 == 0) {
                mine[turn] = seconds(ours, bytes, REPEATS);
                theirs[turn] = seconds(peer, bytes, REPEATS);
            } else {
                theirs[turn] = seconds(peer, bytes, REPEATS);
                mine[turn] = seconds(ours, bytes, REPEATS);
            }
            ratios[turn] = mine[turn] / theirs[turn];
        }
        for (RankProcesses side : List.of(ours, peer)) {
            seconds(side, bytes, 0);
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
