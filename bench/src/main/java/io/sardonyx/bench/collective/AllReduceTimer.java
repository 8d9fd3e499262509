package io.sardonyx.bench.collective;

import io.sardonyx.bench.device.DeviceCopy;
import io.sardonyx.collective.Group;
import io.sardonyx.collective.Member;
import io.sardonyx.collective.Reduction;
import io.sardonyx.collective.Work;
import io.sardonyx.device.Device;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Times all-reduces of one group from one tensor into another, many in a row, by the clock of this process' first device; every process
 * of the group does the same. Kernels of our own are queued one behind the other, on a real GPU behind copies that keep it busy
 * meanwhile; what other engines do, and the host's threads, is awaited call by call.
 */
public final class AllReduceTimer implements AutoCloseable {
    private static final double SPARE = 2; // how much longer a GPU is kept busy than queueing took

    private final Group group;
    private final SamplingPlan plan;
    private final long seed;
    private final Device clock;
    private final boolean queues;
    private final Optional<DeviceCopy> copy;

    /** @param group stays open */
    public AllReduceTimer(Group group, SamplingPlan plan, long seed) {
        this.group = group;
        this.plan = plan;
        this.seed = seed;
        clock = group.members().get(0).device();
        queues = !clock.onHost() && group.members().size() == group.size();
        copy = queues && DeviceCopy.isOn(clock) ? Optional.of(new DeviceCopy(clock)) : Optional.empty();
    }

    static boolean isSimulated(Device device) {
        return device.name().startsWith("sim");
    }

    /** How fast the first device copies, in bytes read and written; empty where it does not matter. */
    public Optional<Double> copyBytesPerMicrosecond() {
        return copy.map(DeviceCopy::bytesPerMicrosecond);
    }

    /**
     * Verifies every element of every rank of this process before and after it measures.
     *
     * @param bytes of each rank's tensor
     * @throws VerificationException if one is wrong
     * @throws IllegalArgumentException if the bytes are no whole number of elements
     */
    public Quartiles time(long bytes, DType dtype, Reduction reduction) {
        long size = dtype.byteSize(1);
        if (bytes % size != 0 || bytes == 0) {
            throw new IllegalArgumentException(bytes + " bytes are not whole " + dtype + " of " + size + " bytes");
        }
        ExactPattern pattern = new ExactPattern(dtype, reduction, group.size(), seed);
        TensorType type = TensorType.of(dtype, bytes / size);
        List<Tensor> in = new ArrayList<>();
        List<Tensor> out = new ArrayList<>();
        try {
            for (Member member : group.members()) {
                in.add(allocate(type, member.device()));
                out.add(allocate(type, member.device()));
                pattern.fill(member.rank(), in.get(in.size() - 1));
            }
            Calls calls = new Calls(in, out, reduction);
            verified(pattern, out, "before it was timed", () -> calls.microseconds(1));
            return verified(pattern, out, "after it was timed", () -> measure(calls));
        } finally {
            in.forEach(Tensor::close);
            out.forEach(Tensor::close);
        }
    }

    private static Tensor allocate(TensorType type, Device device) {
        return Tensor.adopt(type, device, device.allocate(type.byteSize())).keep();
    }

    /** What {@code work} gives, once every rank of this process has the right result of it. */
    private <T> T verified(ExactPattern pattern, List<Tensor> out, String when, Supplier<T> work) {
        out.forEach(pattern::spoil);
        T result = work.get();
        for (int i = 0; i < out.size(); i++) {
            pattern.verify(group.members().get(i).rank(), out.get(i), when);
        }
        return result;
    }

    private Quartiles measure(Calls calls) {
        int some = agreed(plan.calls(calls.microseconds(1)));
        int count = agreed(plan.calls(calls.microseconds(some) / some));
        long start = System.nanoTime(); // what holds a GPU's queue takes time, too, and by far the most
        calls.microseconds(count);
        int rounds = agreed(plan.warmUps((System.nanoTime() - start) / 1e3));
        for (int i = 0; i < rounds; i++) {
            calls.microseconds(count);
        }
        double[] samples = new double[SamplingPlan.SAMPLES];
        for (int i = 0; i < samples.length; i++) {
            group.forEach(Member::barrier);
            samples[i] = calls.microseconds(count) / count;
        }
        return Quartiles.of(samples, count);
    }

    /** The largest of what the processes want, since all have to do the same. */
    private int agreed(int count) {
        List<Tensor> wishes = group.members().stream()
                .map(m -> Tensor.of(HostTensor.of(Shape.of(1), (long) count), m.device())
                        .keep())
                .toList();
        try {
            group.allReduce(wishes, Reduction.MAX);
            return (int) wishes.get(0).toHost().getLong(0);
        } finally {
            wishes.forEach(Tensor::close);
        }
    }

    /** The same all-reduce again and again. */
    private final class Calls {
        private final List<Tensor> in;
        private final List<Tensor> out;
        private final Reduction reduction;
        private double queueing; // microseconds that the host took for the last call

        Calls(List<Tensor> in, List<Tensor> out, Reduction reduction) {
            this.in = in;
            this.out = out;
            this.reduction = reduction;
        }

        /** What {@code count} of them take together. */
        double microseconds(int count) {
            if (!queues) {
                return clock.time(() -> {
                    for (int i = 0; i < count; i++) {
                        begin().forEach(Work::await);
                    }
                });
            }
            if (!isSimulated(clock)) {
                copy.ifPresent(c -> c.hold(SPARE * queueing * count));
            }
            List<Work> begun = new ArrayList<>();
            double result = clock.time(() -> {
                long start = System.nanoTime();
                for (int i = 0; i < count; i++) {
                    begun.addAll(begin());
                }
                queueing = (System.nanoTime() - start) / 1e3 / count;
            });
            begun.forEach(Work::await);
            return result;
        }

        private List<Work> begin() {
            List<Work> works = new ArrayList<>();
            for (int i = 0; i < in.size(); i++) {
                works.add(group.members().get(i).allReduce(in.get(i), out.get(i), reduction));
            }
            return works;
        }
    }

    @Override
    public void close() {
        copy.ifPresent(DeviceCopy::close);
    }
}
