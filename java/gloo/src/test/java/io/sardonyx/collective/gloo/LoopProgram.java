package io.sardonyx.collective.gloo;

import io.sardonyx.collective.CollectiveException;
import io.sardonyx.collective.EnvironmentRendezvous;
import io.sardonyx.collective.Group;
import io.sardonyx.collective.Member;
import io.sardonyx.collective.Reduction;
import io.sardonyx.collective.Rendezvous;
import io.sardonyx.collective.Work;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Tensor;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.Map;

/**
 * One rank of {@link GlooPeerTest}: for each line {@code OPERATION RANK SIZE PORT MILLIS} it joins a group and makes this call until
 * one fails, which has to be before that call's deadline; prints {@code running} behind the first call and the reason at the end.
 */
final class LoopProgram {
    /** One of them at a time, again and again. */
    enum Operation {
        ALL_REDUCE((member, all, part) -> member.allReduce(all, Reduction.SUM)),
        REDUCE_SCATTER((member, all, part) -> member.reduceScatter(all, part, Reduction.SUM)),
        ALL_GATHER((member, all, part) -> member.allGather(part, all)),
        BROADCAST((member, all, part) -> member.broadcast(all, 0));

        /** {@code all} has {@code part}'s shape for each rank. */
        private interface Beginning {
            Work begin(Member member, Tensor all, Tensor part);
        }

        private final Beginning beginning;

        Operation(Beginning beginning) {
            this.beginning = beginning;
        }
    }

    private static final int COUNT = 3 << 20;
    /** Between the deadline and the end of {@code await}, on a machine that does other things, too. */
    private static final Duration SLACK = Duration.ofMillis(500);

    private LoopProgram() {}

    public static void main(String[] arguments) throws Exception {
        var lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ");
            Map<String, String> variables =
                    Ranks.variables(Integer.parseInt(words[1]), Integer.parseInt(words[2]), Integer.parseInt(words[3]));
            Duration limit = Duration.ofMillis(Long.parseLong(words[4]));
            try (Rendezvous rendezvous = EnvironmentRendezvous.of(variables);
                    Group group = Group.join(rendezvous, Ranks.cpu())) {
                callUntilFailure(Operation.valueOf(words[0]), group.member(rendezvous.rank()), limit);
            }
        }
    }

    private static void callUntilFailure(Operation operation, Member untimed, Duration limit) {
        Member member = untimed.within(limit);
        int ranks = member.group().size();
        try (Tensor all = Tensor.zeros(DType.FLOAT32, ranks, COUNT / ranks);
                Tensor part = Tensor.zeros(DType.FLOAT32, COUNT / ranks)) {
            for (long step = 0; ; step++) {
                long begun = System.nanoTime();
                try {
                    operation.beginning.begin(member, all, part).await();
                } catch (CollectiveException e) {
                    Duration took = Duration.ofNanos(System.nanoTime() - begun);
                    boolean inTime = took.compareTo(limit.plus(SLACK)) < 0;
                    boolean complete = e.rank() == member.rank() && e.step() == step && e.bytes() > 0;
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
