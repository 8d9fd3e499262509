package io.sardonyx.selftest;

import io.sardonyx.bench.collective.AllReduceResult;
import io.sardonyx.bench.collective.AllReduceSweep;
import io.sardonyx.bench.collective.RankDevices;
import io.sardonyx.bench.collective.SamplingPlan;
import io.sardonyx.bench.device.Effort;
import io.sardonyx.bench.device.NvidiaLibrary;
import io.sardonyx.bench.device.Rival;
import io.sardonyx.collective.AllReduceAlgorithm;
import io.sardonyx.collective.Reduction;
import io.sardonyx.device.Device;
import io.sardonyx.tensor.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How long virtual ranks on one device take to all-reduce by each kernel, and what part of the bound that is: the protocol's own cost.
 * What a link between GPUs does cannot be seen there, and the first line says so.
 */
final class AllReduceCases {
    private static final List<Long> GPU_SIZES = List.of(1L << 10, 1L << 12, 1L << 14, 1L << 16, 1L << 18, 1L << 20);
    private static final List<Long> TINY_SIZES = List.of(1L << 10, 1L << 12);
    private static final SamplingPlan GPU_PLAN = new SamplingPlan(0.1, 0);
    private static final SamplingPlan TINY_PLAN = new SamplingPlan(0.001, 1);
    private static final Effort NCCL_EFFORT = new Effort(0, 400, 0.01, 15);
    private static final long SEED = 1;

    private AllReduceCases() {}

    static void run(Device device, Cases cases) {
        String scope = "what this shows";
        cases.run(
                scope,
                () -> Outcome.pass(
                        scope,
                        Map.of("verdict", "virtual ranks share one memory; nothing is said about links between GPUs")));
        if (device.onHost() || !device.has("all_reduce_two_shot.f32")) {
            String name = "all-reduce";
            cases.run(
                    name,
                    () -> Outcome.leftOut(name, device.name() + " has no kernels of ranks that wait for each other"));
            return;
        }
        boolean gpu = TimingCases.isGpu(device);
        RankDevices devices = new RankDevices(device.name());
        try (NvidiaLibrary nccl = NvidiaLibrary.nccl(NCCL_EFFORT)) {
            cases.run("NCCL", () -> TimingRow.library("NCCL", nccl));
            for (long bytes : gpu ? GPU_SIZES : TINY_SIZES) {
                for (int ranks : CollectiveCases.RANKS) {
                    ours(devices, gpu ? GPU_PLAN : TINY_PLAN, cases, ranks, bytes);
                    String name = "all-reduce NCCL, " + ranks + " ranks, " + bytes + " bytes";
                    if (nccl.missing().isEmpty()) {
                        cases.run(name, () -> theirs(name, nccl, new Rival.AllReduce(ranks, bytes)));
                    }
                }
            }
        }
    }

    private static void ours(RankDevices devices, SamplingPlan plan, Cases cases, int ranks, long bytes) {
        for (AllReduceAlgorithm algorithm : AllReduceAlgorithm.values()) {
            if (bytes <= algorithm.mostBytes()) {
                String name = "all-reduce " + algorithm + ", " + ranks + " ranks, " + bytes + " bytes";
                AllReduceSweep sweep = new AllReduceSweep(
                        List.of(bytes), DType.FLOAT32, Reduction.SUM, Optional.of(algorithm), plan, SEED);
                cases.run(name, () -> row(name, sweep, devices, ranks));
            }
        }
    }

    /** NCCL's, between as many ranks on this GPU; its results are not verified. */
    private static Outcome theirs(String name, NvidiaLibrary nccl, Rival rival) {
        NvidiaLibrary.Answer answer = nccl.time(rival).orElseThrow();
        if (answer.samples().isEmpty()) {
            return Outcome.leftOut(name, answer.failure());
        }
        Map<String, Object> data = new LinkedHashMap<>();
        TimingRow.putTimes(data, answer.samples().get());
        return Outcome.pass(name, data);
    }

    private static Outcome row(String name, AllReduceSweep sweep, RankDevices devices, int ranks) {
        Row row = new Row(name);
        sweep.run(devices, ranks, row);
        return row.outcome;
    }

    /** The one line of a sweep over one size. */
    private static final class Row implements AllReduceSweep.Listener {
        private final String name;
        private Outcome outcome;

        Row(String name) {
            this.name = name;
        }

        @Override
        public void timed(AllReduceResult result) {
            Map<String, Object> data = new LinkedHashMap<>();
            data.put("ranks", result.ranks());
            data.put("bytes", result.bytes());
            result.algorithm().ifPresent(algorithm -> data.put("algorithm", algorithm));
            data.put("samples", result.times().samples());
            data.put("calls", result.times().calls());
            data.put("us", result.times().median());
            data.put("us25", result.times().low());
            data.put("us75", result.times().high());
            data.put("algbw_gbs", result.algbw() / 1e9);
            data.put("busbw_gbs", result.busbw() / 1e9);
            result.ofBound().ifPresent(part -> data.put("bound", part));
            outcome = Outcome.pass(name, data);
        }

        @Override
        public void leftOut(int ranks, long bytes, String why) {
            outcome = Outcome.leftOut(name, why);
        }
    }
}
