package io.sardonyx.testkit;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.Random;

/** Test data that a seed repeats. */
public final class Data {
    private Data() {}

    /** Normal(0, 1) in float32. */
    public static HostTensor normal(long seed, long... sizes) {
        return normal(DType.FLOAT32, seed, sizes);
    }

    /** Normal(0, 1), rounded to {@code dtype}. */
    public static HostTensor normal(DType dtype, long seed, long... sizes) {
        Random random = new Random(seed);
        Shape shape = Shape.of(sizes);
        return HostTensor.of(
                dtype,
                shape,
                random.doubles(shape.elements()).map(u -> random.nextGaussian()).toArray());
    }

    /** Uniform in [from, to), rounded to {@code dtype}. */
    public static HostTensor uniform(DType dtype, long seed, double from, double to, long... sizes) {
        Shape shape = Shape.of(sizes);
        return HostTensor.of(
                dtype,
                shape,
                new Random(seed).doubles(shape.elements(), from, to).toArray());
    }

    /** Integers from {@code from} to {@code to}, both included: sums of them are exact in any order. */
    public static HostTensor integers(DType dtype, long seed, long from, long to, long... sizes) {
        Shape shape = Shape.of(sizes);
        return HostTensor.of(
                dtype,
                shape,
                new Random(seed)
                        .longs(shape.elements(), from, to + 1)
                        .mapToDouble(v -> v)
                        .toArray());
    }

    /** 0, 1, 2, … in {@code dtype}. */
    public static HostTensor range(DType dtype, long... sizes) {
        Shape shape = Shape.of(sizes);
        HostTensor t = HostTensor.allocate(new io.sardonyx.tensor.TensorType(dtype, shape));
        for (int i = 0; i < t.size(); i++) {
            t.set(i, (long) i);
        }
        return t;
    }
}
