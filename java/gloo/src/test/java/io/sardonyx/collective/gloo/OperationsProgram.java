package io.sardonyx.collective.gloo;

import io.sardonyx.collective.EnvironmentRendezvous;
import io.sardonyx.collective.Group;
import io.sardonyx.collective.Member;
import io.sardonyx.collective.Reduction;
import io.sardonyx.collective.Rendezvous;
import io.sardonyx.op.Inputs;
import io.sardonyx.op.RMSNormalization;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * One rank of {@link GlooOperationsTest}. Each result is compared with a loop over what the ranks have, which each rank can make for
 * all others. The values are small whole numbers, so that every type holds every result exactly, but for random floats, whose results
 * have to be near, and the same bits everywhere.
 */
final class OperationsProgram {
    private static final List<DType> REDUCED =
            List.of(DType.FLOAT16, DType.BFLOAT16, DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.INT64);
    private static final int[] SIZES = {0, 1, 17, 1000};
    private static final int MEBIBYTE = 1 << 20;

    private final Member member;
    private final int size;
    private final List<Tensor> open = new ArrayList<>();

    private OperationsProgram(Group group) {
        this.member = group.members().get(0);
        this.size = group.size();
    }

    public static void main(String[] arguments) throws Exception {
        try (Rendezvous rendezvous = EnvironmentRendezvous.open();
                Group group = Group.join(rendezvous, Ranks.cpu())) {
            new OperationsProgram(group).run();
        }
        long live = Ranks.cpu().liveBytes();
        require(live == 0, live + " bytes are left");
    }

    private void run() {
        for (DType dtype : REDUCED) {
            for (Reduction reduction : Reduction.values()) {
                if (reduction != Reduction.MEAN || dtype.isFloat()) {
                    Arrays.stream(SIZES).forEach(count -> reduced(dtype, reduction, count));
                    special(dtype, reduction);
                }
            }
            reduced(dtype, Reduction.SUM, MEBIBYTE * 8 / dtype.bits());
            near(dtype);
            normed(dtype);
            bucket(dtype);
        }
        for (DType dtype : DType.values()) {
            if (dtype != DType.STRING) {
                Arrays.stream(SIZES).forEach(count -> moved(dtype, 2 * count));
            }
        }
        moved(DType.FLOAT32, MEBIBYTE / 4 + 1);
        member.barrier().await();
    }

    private void reduced(DType dtype, Reduction reduction, int count) {
        String what = dtype + " " + reduction + " of " + count;
        HostTensor expected = expected(dtype, reduction, count);
        Tensor in = tensor(values(dtype, member.rank(), count));
        Tensor out = tensor(HostTensor.allocate(in.type()));
        member.allReduce(in, out, reduction).await();
        same(expected, out.toHost(), "allReduce " + what);
        same(values(dtype, member.rank(), count), in.toHost(), "the input of allReduce " + what);
        member.allReduce(in, reduction).await();
        same(expected, in.toHost(), "allReduce in place, " + what);

        HostTensor whole = expected(dtype, reduction, count * size);
        Tensor parts = tensor(values(dtype, member.rank(), count * size));
        member.reduceScatter(parts, out, reduction).await();
        HostTensor mine = HostTensor.allocate(out.type());
        mine.copy(0, whole, member.rank() * count, count);
        same(mine, out.toHost(), "reduceScatter " + what);
        close();
    }

    /** NaN spreads and infinities stay, in whichever rank they are. */
    private void special(DType dtype, Reduction reduction) {
        if (!dtype.isFloat() || size == 1) {
            return;
        }
        double[] values = {1, 1};
        if (member.rank() == size - 1) {
            values = new double[] {Double.NaN, Double.POSITIVE_INFINITY};
        }
        Tensor tensor = tensor(HostTensor.of(dtype, Shape.of(2), values));
        member.allReduce(tensor, reduction).await();
        double[] result = tensor.toDoubleArray();
        require(Double.isNaN(result[0]), dtype + " " + reduction + ": NaN became " + result[0]);
        double expected = reduction == Reduction.MIN ? 1 : Double.POSITIVE_INFINITY;
        require(result[1] == expected, dtype + " " + reduction + ": infinity became " + result[1]);
        close();
    }

    private void near(DType dtype) {
        if (!dtype.isFloat()) {
            return;
        }
        int count = 9999;
        double[] sum = new double[count];
        double[] magnitude = new double[count];
        for (int rank = 0; rank < size; rank++) {
            double[] values = random(dtype, rank, count).toDoubles();
            for (int i = 0; i < count; i++) {
                sum[i] += values[i];
                magnitude[i] += Math.abs(values[i]);
            }
        }
        Tensor tensor = tensor(random(dtype, member.rank(), count));
        member.allReduce(tensor, Reduction.SUM).await();
        double[] result = tensor.toDoubleArray();
        double unit =
                switch (dtype) {
                    case BFLOAT16 -> 0x1p-8;
                    case FLOAT16 -> 0x1p-11;
                    case FLOAT32 -> 0x1p-24;
                    default -> 0x1p-53;
                };
        for (int i = 0; i < count; i++) {
            require(
                    Math.abs(result[i] - sum[i]) <= 2 * size * unit * magnitude[i],
                    dtype + " " + i + ": " + sum[i] + " became " + result[i]);
        }
        Tensor all = tensor(HostTensor.allocate(TensorType.of(dtype, (long) count * size)));
        member.allGather(tensor, all).await();
        for (int rank = 0; rank < size; rank++) {
            HostTensor other = HostTensor.allocate(tensor.type());
            other.copy(0, all.toHost(), rank * count, count);
            same(tensor.toHost(), other, "the bits on rank " + rank + ", " + dtype);
        }
        close();
    }

    /** Against the all-reduce, and what comes after it one by one. */
    private void normed(DType dtype) {
        if (!dtype.isFloat() || dtype == DType.FLOAT64) {
            return;
        }
        Shape shape = Shape.of(3, 50);
        Tensor x = tensor(random(dtype, member.rank(), 150).reshaped(shape));
        Tensor residual = tensor(random(dtype, 100, 150).reshaped(shape));
        Tensor weight = tensor(random(dtype, 200, 50));
        Tensor sum = tensor(HostTensor.allocate(x.type()));
        Tensor y = tensor(HostTensor.allocate(x.type()));
        member.allReduce(x, sum, Reduction.SUM).await();
        Tensor added = keep(residual.add(sum));
        member.allReduceRmsNorm(x, residual, weight, y, 0.5f).await();
        same(added.toHost(), residual.toHost(), "the residual of " + dtype);
        HostTensor expected = HostTensor.allocate(x.type());
        new RMSNormalization(-1, 0.5f).reference(Inputs.of(added.toHost(), weight.toHost()), List.of(expected));
        double[] given = y.toDoubleArray();
        double unit = dtype == DType.FLOAT32 ? 0x1p-20 : dtype == DType.FLOAT16 ? 0x1p-10 : 0x1p-7;
        for (int i = 0; i < given.length; i++) {
            double right = expected.getDouble(i);
            require(
                    Math.abs(given[i] - right) <= unit * Math.abs(right) + 1e-7,
                    dtype + " norm " + i + ": " + right + " became " + given[i]);
        }
        close();
    }

    private Tensor keep(Tensor tensor) {
        open.add(tensor);
        return tensor;
    }

    private void bucket(DType dtype) {
        List<Tensor> bucket = Arrays.stream(SIZES)
                .mapToObj(n -> tensor(values(dtype, member.rank(), n)))
                .toList();
        member.allReduce(bucket, Reduction.SUM).await();
        bucket.forEach(tensor -> same(
                expected(dtype, Reduction.SUM, (int) tensor.shape().elements()),
                tensor.toHost(),
                "bucket of " + dtype));
        close();
    }

    private void moved(DType dtype, int count) {
        int root = count % size;
        Tensor tensor = tensor(bytes(dtype, member.rank(), count));
        member.broadcast(tensor, root).await();
        same(bytes(dtype, root, count), tensor.toHost(), "broadcast of " + count + " " + dtype);
        if (count * dtype.bits() % 8 == 0) {
            Tensor own = tensor(bytes(dtype, member.rank(), count));
            Tensor all = tensor(HostTensor.allocate(TensorType.of(dtype, (long) count * size)));
            member.allGather(own, all).await();
            HostTensor expected = HostTensor.allocate(all.type());
            ByteBuffer parts = expected.data();
            for (int rank = 0; rank < size; rank++) {
                parts.put(bytes(dtype, rank, count).data());
            }
            same(expected, all.toHost(), "allGather of " + count + " " + dtype);
        }
        close();
    }

    /** 1, 2, −1, 1, … : small, and another sequence on every rank. */
    private static HostTensor values(DType dtype, int rank, int count) {
        HostTensor tensor = HostTensor.allocate(TensorType.of(dtype, count));
        for (int i = 0; i < count; i++) {
            tensor.set(i, value(rank, i));
        }
        return tensor;
    }

    private static long value(int rank, int i) {
        return switch ((i + rank * rank) % 3) {
            case 0 -> 1;
            case 1 -> 2;
            default -> -1;
        };
    }

    private HostTensor expected(DType dtype, Reduction reduction, int count) {
        HostTensor tensor = HostTensor.allocate(TensorType.of(dtype, count));
        for (int i = 0; i < count; i++) {
            long result = value(0, i);
            for (int rank = 1; rank < size; rank++) {
                long next = value(rank, i);
                result = switch (reduction) {
                    case SUM, MEAN -> result + next;
                    case PRODUCT -> result * next;
                    case MIN -> Math.min(result, next);
                    case MAX -> Math.max(result, next);
                };
            }
            if (reduction == Reduction.MEAN) {
                tensor.set(i, (double) result / size);
            } else {
                tensor.set(i, result);
            }
        }
        return tensor;
    }

    private static HostTensor random(DType dtype, int rank, int count) {
        Random random = new Random(rank);
        return HostTensor.of(
                dtype, Shape.of(count), random.doubles(count, -100, 100).toArray());
    }

    private static HostTensor bytes(DType dtype, int rank, int count) {
        HostTensor tensor = HostTensor.allocate(TensorType.of(dtype, count));
        byte[] bytes = new byte[(int) tensor.type().byteSize()];
        new Random(rank * 1000L + count).nextBytes(bytes);
        tensor.data().put(bytes);
        return tensor;
    }

    private Tensor tensor(HostTensor values) {
        return keep(Tensor.of(values, member.device()));
    }

    private void close() {
        open.forEach(Tensor::close);
        open.clear();
    }

    private static void same(HostTensor expected, HostTensor given, String what) {
        int at = expected.data().mismatch(given.data());
        require(at < 0, what + ": byte " + at + " differs");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
