package io.sardonyx.collective;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Whether the ranks of a group get what its calls promise, bit for bit; in one process. For tests, and for programs that find out
 * whether a machine's GPUs do. Each method throws {@code AssertionError} if a rank has something else.
 */
public final class CollectiveCheck {
    /** What is reduced. */
    public static final Set<DType> TYPES = Collections.unmodifiableSet(EnumSet.copyOf(Call.REDUCED));

    private final Group group;
    private final Duration deadline;

    /** @param deadline of each call */
    public CollectiveCheck(Group group, Duration deadline) {
        this.group = group;
        this.deadline = deadline;
    }

    /** From one tensor into another, then in place. */
    public void allReduce(DType dtype, long size, Reduction reduction) {
        List<HostTensor> values = values(dtype, size);
        HostTensor expected = ReferenceReduction.of(values, reduction);
        List<Tensor> tensors = spread(values::get);
        List<Tensor> results = spread(r -> HostTensor.allocate(expected.type()));
        String what = "allReduce " + reduction + " of " + size + " " + dtype;
        forEach(m -> m.allReduce(tensors.get(m.rank()), results.get(m.rank()), reduction));
        compare(what, r -> expected, results);
        forEach(m -> m.allReduce(tensors.get(m.rank()), reduction));
        compare(what + " in place", r -> expected, tensors);
        close(tensors, results);
    }

    /**
     * The residual to the bit, and its norm as near as a root and two products leave it; into another tensor, then in place.
     *
     * @param dtype of float16, bfloat16, float32
     */
    public void allReduceRmsNorm(DType dtype, long rows, long row) {
        TensorType type = TensorType.of(dtype, rows, row);
        float epsilon = 1e-5f;
        String what = "allReduceRmsNorm of " + type;
        List<HostTensor> values = values(dtype, rows * row);
        List<Tensor> x = spread(r -> values.get(r).reshaped(type.shape()));
        HostTensor scale = values(dtype, -1, row);
        List<Tensor> weights = spread(r -> scale);
        List<Tensor> residuals = spread(r -> values(dtype, -2, rows * row).reshaped(type.shape()));
        List<Tensor> y = spread(r -> HostTensor.allocate(type));
        HostTensor sum = ReferenceReduction.of(values, Reduction.SUM);
        HostTensor expected = values(dtype, -2, rows * row);
        for (List<Tensor> out : List.of(y, x)) {
            for (int i = 0; i < sum.size(); i++) {
                expected.set(i, (float) expected.getDouble(i) + (float) sum.getDouble(i));
            }
            forEach(m -> m.allReduceRmsNorm(
                    x.get(m.rank()), residuals.get(m.rank()), weights.get(m.rank()), out.get(m.rank()), epsilon));
            compare(what + ", residual", r -> expected, residuals);
            compareNorms(what, expected, scale, epsilon, out);
        }
        close(x, y);
        close(residuals, weights);
    }

    private static void compareNorms(
            String what, HostTensor residual, HostTensor weight, float epsilon, List<Tensor> actual) {
        int row = weight.size();
        double unit = unit(weight.dtype());
        HostTensor first = actual.get(0).toHost();
        compare(what + ", as on rank 0", r -> first, actual);
        for (int begin = 0; begin < residual.size(); begin += row) {
            double squares = 0;
            for (int k = 0; k < row; k++) {
                squares += Math.pow(residual.getDouble(begin + k), 2);
            }
            double scale = 1 / Math.sqrt(squares / row + epsilon);
            for (int k = 0; k < row; k++) {
                double right = residual.getDouble(begin + k) * scale * weight.getDouble(k);
                double given = first.getDouble(begin + k);
                if (!(Math.abs(given - right) <= unit * Math.abs(right) + 1e-7)) {
                    throw new AssertionError(
                            what + ": element " + (begin + k) + ": expected " + right + ", given " + given);
                }
            }
        }
    }

    /** What a norm may be off, relatively: some roundings in float32, and one to its type. */
    private static double unit(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> 0x1p-20;
            case FLOAT16 -> 0x1p-10;
            default -> 0x1p-7;
        };
    }

    /** Each rank's part of a sum, and all of them back: the all-reduce of the whole. */
    public void reduceScatterAndAllGather(DType dtype, long size) {
        List<HostTensor> values = values(dtype, size * group.size());
        HostTensor expected = ReferenceReduction.of(values, Reduction.SUM);
        List<Tensor> whole = spread(values::get);
        List<Tensor> parts = spread(r -> HostTensor.allocate(TensorType.of(dtype, size)));
        forEach(m -> m.reduceScatter(whole.get(m.rank()), parts.get(m.rank()), Reduction.SUM));
        compare("reduceScatter to " + size + " " + dtype, r -> part(expected, r, size), parts);
        forEach(m -> m.allGather(parts.get(m.rank()), whole.get(m.rank())));
        compare("allGather of " + size + " " + dtype, r -> expected, whole);
        close(parts, whole);
    }

    /** From one rank or another, by the size. */
    public void broadcast(DType dtype, long size) {
        int root = (int) (size % group.size());
        List<HostTensor> values = values(dtype, size);
        List<Tensor> tensors = spread(values::get);
        forEach(m -> m.broadcast(tensors.get(m.rank()), root));
        compare("broadcast of " + size + " " + dtype + " from rank " + root, r -> values.get(root), tensors);
        close(tensors, List.of());
    }

    public void barrier() {
        forEach(Member::barrier);
    }

    private void forEach(Function<Member, Work> call) {
        group.forEach(m -> call.apply(m.within(deadline)));
    }

    private List<HostTensor> values(DType dtype, long size) {
        return IntStream.range(0, group.size())
                .mapToObj(rank -> values(dtype, rank, size))
                .toList();
    }

    /** Numbers that differ from rank to rank: small ones where sums and products of integers stay right in 32 bits. */
    static HostTensor values(DType dtype, int rank, long size) {
        HostTensor tensor = HostTensor.allocate(TensorType.of(dtype, size));
        Random random = new Random(31L * rank + size);
        for (int i = 0; i < tensor.size(); i++) {
            if (dtype.isFloat()) {
                tensor.set(i, random.nextGaussian());
            } else {
                tensor.set(i, (long) random.nextInt(13) - 6);
            }
        }
        return tensor;
    }

    /** A tensor on each member's device. */
    private List<Tensor> spread(IntFunction<HostTensor> values) {
        return group.members().stream()
                .map(m -> Tensor.of(values.apply(m.rank()), m.device()).keep())
                .toList();
    }

    private static HostTensor part(HostTensor all, int rank, long size) {
        HostTensor part = HostTensor.allocate(TensorType.of(all.dtype(), size));
        part.copy(0, all, rank * part.size(), part.size());
        return part;
    }

    private static void compare(String what, IntFunction<HostTensor> expected, List<Tensor> actual) {
        List<String> wrong = new ArrayList<>();
        for (int rank = 0; rank < actual.size(); rank++) {
            HostTensor should = expected.apply(rank);
            HostTensor is = actual.get(rank).toHost();
            int at = should.data().mismatch(is.data());
            if (at >= 0) {
                int i = at * 8 / should.dtype().bits();
                wrong.add("rank " + rank + ", element " + i + ": expected " + should.getDouble(i) + ", given "
                        + is.getDouble(i));
            }
        }
        if (!wrong.isEmpty()) {
            throw new AssertionError(what + ": " + String.join("; ", wrong));
        }
    }

    private static void close(List<Tensor> some, List<Tensor> others) {
        some.forEach(Tensor::close);
        others.forEach(Tensor::close);
    }
}
