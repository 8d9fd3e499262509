package io.sardonyx.bench.collective;

import io.sardonyx.collective.EnvironmentRendezvous;
import io.sardonyx.collective.Group;
import io.sardonyx.collective.Reduction;
import io.sardonyx.collective.Rendezvous;
import io.sardonyx.device.Devices;
import io.sardonyx.tensor.DType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The process of a rank: {@code AllReduceRank DEVICE TYPE REDUCTION SECONDS CALLS SEED}. For each number of bytes that it reads it writes
 * one line: {@link #OK} and its times, or why there are none, and then it ends.
 */
final class AllReduceRank {
    static final String OK = "ok ";
    /** Begins the line of a rank whose result was wrong. */
    static final String WRONG = "wrong ";

    private AllReduceRank() {}

    static List<String> arguments(String device, AllReduceSweep sweep) {
        return List.of(
                device,
                sweep.dtype().toString(),
                sweep.reduction().name(),
                "" + sweep.plan().seconds(),
                "" + sweep.plan().calls(),
                "" + sweep.seed());
    }

    public static void main(String[] arguments) throws IOException {
        PrintStream out = System.out;
        System.setOut(System.err); // the answers alone go there
        try {
            answer(arguments, out);
        } catch (VerificationException e) {
            out.println(WRONG + oneLine(e.getMessage()));
        } catch (RuntimeException | LinkageError e) {
            out.println(oneLine(e.getMessage() == null ? e.toString() : e.getMessage()));
        }
        out.flush();
    }

    private static void answer(String[] arguments, PrintStream out) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        DType dtype = DType.ofName(arguments[1]);
        Reduction reduction = Reduction.valueOf(arguments[2]);
        SamplingPlan plan = new SamplingPlan(Double.parseDouble(arguments[3]), Integer.parseInt(arguments[4]));
        try (Rendezvous rendezvous = EnvironmentRendezvous.open();
                Group group = Group.join(rendezvous, Devices.get(arguments[0]));
                AllReduceTimer timer = new AllReduceTimer(group, plan, Long.parseLong(arguments[5]))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                out.println(
                        OK + timer.time(Long.parseLong(line), dtype, reduction).words());
                out.flush();
            }
        }
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ");
    }
}
