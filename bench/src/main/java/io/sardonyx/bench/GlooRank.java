package io.sardonyx.bench;

import io.sardonyx.collective.EnvironmentRendezvous;
import io.sardonyx.collective.Group;
import io.sardonyx.collective.Member;
import io.sardonyx.collective.Reduction;
import io.sardonyx.collective.Rendezvous;
import io.sardonyx.device.Devices;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Tensor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * Our side of {@link GlooDuel}, one process a rank: for each line {@code BYTES REPEATS} of its input it prints the median of the
 * seconds of an all-reduce in place; for no repeats, 0 after checking a sum.
 */
final class GlooRank {
    private GlooRank() {}

    public static void main(String[] arguments) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Rendezvous rendezvous = EnvironmentRendezvous.open();
                Group group = Group.join(rendezvous, Devices.get("cpu"))) {
            Member member = group.member(rendezvous.rank());
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ");
                long floats = Long.parseLong(words[0]) / 4;
                int repeats = Integer.parseInt(words[1]);
                System.out.println(repeats == 0 ? checkSum(member, floats) : medianSeconds(member, floats, repeats));
            }
        }
    }

    private static double checkSum(Member member, long floats) {
        int size = member.group().size();
        try (Tensor tensor = Tensor.full(DType.FLOAT32, member.rank() + 1, floats)) {
            member.allReduce(tensor, Reduction.SUM).await();
            for (float sum : tensor.toFloatArray()) {
                if (sum != size * (size + 1) / 2) {
                    throw new IllegalStateException("a sum is wrong: " + sum);
                }
            }
        }
        return 0;
    }

    private static double medianSeconds(Member member, long floats, int repeats) {
        double[] seconds = new double[repeats];
        try (Tensor zeros = Tensor.zeros(DType.FLOAT32, floats)) {
            for (int i = 0; i < repeats; i++) {
                long start = System.nanoTime();
                member.allReduce(zeros, Reduction.SUM).await();
                seconds[i] = (System.nanoTime() - start) / 1e9;
            }
        }
        return Duel.median(seconds);
    }
}
