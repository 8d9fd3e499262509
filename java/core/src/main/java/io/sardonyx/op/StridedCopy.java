package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.Arrays;
import java.util.Optional;

/**
 * Copies elements {@code [i, j, …]} of a view to the same elements of another: {@code target[to + Σ i·targetStride] =
 * source[from + Σ i·sourceStride]}. Strides are in elements; a source's may be 0 or negative. What Transpose, Slice, Expand
 * and Tile are made of, and what makes a tensor's view dense.
 */
public final class StridedCopy {
    /** The most axes that the kernel takes, after neighbours were merged. */
    private static final int MAX_RANK = 8;

    private final long[] sizes;
    private final long from;
    private final long[] sourceStrides;
    private final long to;
    private final long[] targetStrides;

    private StridedCopy(long[] sizes, long from, long[] sourceStrides, long to, long[] targetStrides) {
        this.sizes = sizes;
        this.from = from;
        this.sourceStrides = sourceStrides;
        this.to = to;
        this.targetStrides = targetStrides;
    }

    /** From a view of these strides, which starts at element {@code from}, to a dense tensor of this shape. */
    public static StridedCopy toDense(Shape shape, long from, long... sourceStrides) {
        return new StridedCopy(shape.toArray(), from, sourceStrides.clone(), 0, shape.strides());
    }

    /** From a dense tensor of this shape to a view of these strides, none of them 0, which starts at element {@code to}. */
    public static StridedCopy fromDense(Shape shape, long to, long... targetStrides) {
        return new StridedCopy(shape.toArray(), 0, shape.strides(), to, targetStrides.clone());
    }

    /** The definition. */
    public void run(HostTensor source, HostTensor target) {
        if (Shape.of(sizes).elements() > 0) {
            run(source, target, 0, Math.toIntExact(from), Math.toIntExact(to));
        }
    }

    private void run(HostTensor source, HostTensor target, int axis, int from, int to) {
        if (axis == sizes.length) {
            target.copy(to, source, from);
        } else if (axis == sizes.length - 1 && sourceStrides[axis] == 1 && targetStrides[axis] == 1) {
            target.copy(to, source, from, (int) sizes[axis]);
        } else {
            for (int i = 0; i < sizes[axis]; i++) {
                run(source, target, axis + 1, (int) (from + i * sourceStrides[axis]), (int)
                        (to + i * targetStrides[axis]));
            }
        }
    }

    /** A launch of the kernel for elements of {@code dtype}, without arguments yet; empty where there is none. */
    public Optional<Launch> launch(DType dtype) {
        StridedCopy merged = merged();
        int rank = merged.sizes.length;
        if (dtype.bits() < 8 || dtype.bits() > 64 || rank > MAX_RANK) {
            return Optional.empty();
        }
        return Optional.of(Launch.ofKey("strided_copy.b" + dtype.bits() / 8)
                .params(rank, from, to)
                .params(Arrays.copyOf(merged.sizes, MAX_RANK))
                .params(Arrays.copyOf(merged.sourceStrides, MAX_RANK))
                .params(Arrays.copyOf(merged.targetStrides, MAX_RANK)));
    }

    /** Without axes of size 1, and with neighbours merged that a single stride describes in source and target. */
    private StridedCopy merged() {
        long[] size = new long[sizes.length];
        long[] source = new long[sizes.length];
        long[] target = new long[sizes.length];
        int rank = 0;
        for (int i = 0; i < sizes.length; i++) {
            if (rank > 0
                    && sizes[i] != 1
                    && source[rank - 1] == sourceStrides[i] * sizes[i]
                    && target[rank - 1] == targetStrides[i] * sizes[i]) {
                rank--;
                size[rank] *= sizes[i];
            } else if (sizes[i] != 1) {
                size[rank] = sizes[i];
            } else {
                continue;
            }
            source[rank] = sourceStrides[i];
            target[rank++] = targetStrides[i];
        }
        return new StridedCopy(
                Arrays.copyOf(size, rank), from, Arrays.copyOf(source, rank), to, Arrays.copyOf(target, rank));
    }
}
