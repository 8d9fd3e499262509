package io.sardonyx.selftest;

import io.sardonyx.bench.collective.RankDevices;
import io.sardonyx.collective.AllReduceAlgorithm;
import io.sardonyx.collective.CollectiveCheck;
import io.sardonyx.collective.Group;
import io.sardonyx.collective.Reduction;
import io.sardonyx.device.Device;
import io.sardonyx.tensor.DType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** What collectives compute between virtual ranks on one device, by each kernel; whether they meet at all comes first. */
final class CollectiveCases {
    static final int[] RANKS = {2, 4, 8};
    private static final String MEETING = "barrier";

    /** Whole words and not, below and above a block; the last are a few blocks of each rank. */
    private static final List<Long> SIZES = List.of(0L, 1L, 7L, 1000L, 4099L, 40_001L);

    /** A sanitizer makes kernels many times as slow. */
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final Cases cases;
    private final RankDevices devices;
    private final int ranks;
    private boolean apart; // they did not meet

    private CollectiveCases(Cases cases, RankDevices devices, int ranks) {
        this.cases = cases;
        this.devices = devices;
        this.ranks = ranks;
    }

    static void run(Device device, Cases cases) {
        if (!device.onHost() && !device.has("broadcast.u8")) {
            String name = "Collectives";
            cases.run(name, () -> new Outcome(name, Outcome.Status.NO_KERNEL, "", Map.of()));
            return;
        }
        RankDevices devices = new RankDevices(device.name());
        for (int ranks : RANKS) {
            new CollectiveCases(cases, devices, ranks).run(device.onHost());
        }
    }

    private void run(boolean onHost) {
        run(MEETING, Optional.empty(), check -> {
            apart = true;
            check.barrier();
            apart = false;
        });
        for (DType dtype : CollectiveCheck.TYPES) {
            if (onHost) {
                run("allReduce " + dtype, Optional.empty(), check -> allReduce(check, dtype, Long.MAX_VALUE));
            } else {
                for (AllReduceAlgorithm algorithm : AllReduceAlgorithm.values()) {
                    run(
                            "allReduce " + dtype + " by " + algorithm,
                            Optional.of(algorithm),
                            check -> allReduce(check, dtype, algorithm.mostBytes()));
                }
            }
            run("reduceScatter and allGather " + dtype, Optional.empty(), check -> {
                SIZES.forEach(size -> check.reduceScatterAndAllGather(dtype, size));
            });
        }
        run("broadcast", Optional.empty(), check -> SIZES.forEach(size -> check.broadcast(DType.INT32, size)));
    }

    private static void allReduce(CollectiveCheck check, DType dtype, long mostBytes) {
        for (long size : SIZES) {
            for (Reduction reduction : Reduction.values()) {
                if (dtype.byteSize(size) <= mostBytes && (dtype.isFloat() || reduction != Reduction.MEAN)) {
                    check.allReduce(dtype, size, reduction);
                }
            }
        }
    }

    /** Each case has a group of its own, since one that failed stays so. */
    private void run(String what, Optional<AllReduceAlgorithm> algorithm, Consumer<CollectiveCheck> facts) {
        String name = "Collectives: " + ranks + " ranks, " + what;
        cases.run(name, () -> {
            if (apart && !what.equals(MEETING)) {
                return Outcome.leftOut(name, "the ranks do not meet");
            }
            List<Device> all = devices.first(ranks);
            try (Group group = algorithm.map(a -> Group.of(all, a)).orElseGet(() -> Group.of(all))) {
                facts.accept(new CollectiveCheck(group, DEADLINE));
            }
            return Outcome.pass(name);
        });
    }
}
