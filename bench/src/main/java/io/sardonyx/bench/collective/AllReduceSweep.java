package io.sardonyx.bench.collective;

import io.sardonyx.collective.AllReduceAlgorithm;
import io.sardonyx.collective.Group;
import io.sardonyx.collective.Reduction;
import io.sardonyx.device.Device;
import io.sardonyx.device.OutOfMemoryException;
import io.sardonyx.tensor.DType;
import java.util.List;
import java.util.Optional;

/**
 * All-reduces of several sizes; {@link #run} times them between the ranks of this process, {@link AllReduceProcesses} between processes.
 *
 * @param algorithm for all sizes; empty for what a group chooses
 */
public record AllReduceSweep(
        List<Long> sizes,
        DType dtype,
        Reduction reduction,
        Optional<AllReduceAlgorithm> algorithm,
        SamplingPlan plan,
        long seed) {
    /** Is told of each line as soon as there is one. */
    public interface Listener {
        void timed(AllReduceResult result);

        /** There is no time for this size. */
        void leftOut(int ranks, long bytes, String why);
    }

    /**
     * @throws VerificationException if a result was wrong; what was told before is right
     */
    public void run(RankDevices devices, int ranks, Listener listener) {
        List<Device> all = devices.first(ranks);
        try (Group group = algorithm.map(a -> Group.of(all, a)).orElseGet(() -> Group.of(all));
                AllReduceTimer timer = new AllReduceTimer(group, plan, seed)) {
            for (long bytes : sizes) {
                Optional<AllReduceAlgorithm> taken = algorithm.or(() -> AllReduceAlgorithm.chosen(bytes, all));
                long most = taken.map(AllReduceAlgorithm::mostBytes).orElse(Long.MAX_VALUE);
                if (bytes > most) {
                    listener.leftOut(ranks, bytes, taken.get() + " carries at most " + most + " bytes");
                    continue;
                }
                try {
                    Quartiles times = timer.time(bytes, dtype, reduction);
                    Optional<Double> least = devices.areVirtual()
                            ? timer.copyBytesPerMicrosecond()
                                    .flatMap(rate -> taken.map(a -> SharedMemoryBound.bytes(a, ranks, bytes) / rate))
                            : Optional.empty();
                    listener.timed(new AllReduceResult(
                            devices.name(),
                            "local",
                            ranks,
                            bytes,
                            dtype,
                            reduction,
                            taken.map(AllReduceAlgorithm::toString),
                            times,
                            least.map(us -> us / times.median())));
                } catch (OutOfMemoryException e) {
                    listener.leftOut(ranks, bytes, "does not fit: " + e.getMessage());
                    return;
                }
            }
        }
    }
}
