package io.sardonyx.collective.gloo;

import io.sardonyx.collective.CollectiveException;
import io.sardonyx.collective.EnvironmentRendezvous;
import io.sardonyx.collective.Group;
import io.sardonyx.collective.Member;
import io.sardonyx.collective.Reduction;
import io.sardonyx.collective.Rendezvous;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Tensor;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.Map;

/**
 * One rank of {@link GlooPeerTest}: for each line {@code RANK SIZE PORT MILLIS} it joins a group and sums until a call fails, which
 * has to be before that call's deadline; prints {@code running} behind the first call and the reason at the end.
 */
final class LoopProgram {
    private static final int COUNT = 2 << 20;
    /** Between the deadline and the end of {@code await}, on a machine that does other things, too. */
    private static final Duration SLACK = Duration.ofMillis(500);

    private LoopProgram() {}

    public static void main(String[] arguments) throws Exception {
        var lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ");
            Map<String, String> variables =
                    Ranks.variables(Integer.parseInt(words[0]), Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            try (Rendezvous rendezvous = EnvironmentRendezvous.of(variables);
                    Group group = Group.join(rendezvous, Ranks.cpu())) {
                sumUntilFailure(
                        group.member(rendezvous.rank()).within(Duration.ofMillis(Long.parseLong(words[3]))), words[3]);
            }
        }
    }

    private static void sumUntilFailure(Member member, String limit) {
        try (Tensor tensor = Tensor.zeros(DType.FLOAT32, COUNT)) {
            for (long step = 0; ; step++) {
                long begun = System.nanoTime();
                try {
                    member.allReduce(tensor, Reduction.SUM).await();
                } catch (CollectiveException e) {
                    Duration took = Duration.ofNanos(System.nanoTime() - begun);
                    boolean inTime = took.compareTo(
                                    Duration.ofMillis(Long.parseLong(limit)).plus(SLACK))
                            < 0;
                    boolean complete = e.rank() == member.rank() && e.step() == step && e.bytes() == 4L * COUNT;
                    System.out.println(
                            inTime && complete
                                    ? e.reason()
                                    : "after " + took + " in step " + step + ": " + e.getMessage());
                    return;
                }
                if (step == 0) {
                    System.out.println("running");
                }
            }
        }
    }
}
