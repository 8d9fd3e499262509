package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import java.util.Optional;
import java.util.Random;

/**
 * An operator that draws from {@link Random}: with a seed always the same values, those of {@code new Random(bits of the seed as
 * a float)}; without one, others in each run.
 */
public interface RandomOperator extends TensorOperator {
    Optional<Float> seed();

    static Optional<Float> seed(Attributes attributes) {
        return attributes.ifPresent("seed", a -> a.getFloat("seed"));
    }

    /** {@code dtype}, which is a float type. */
    static DType floatType(String operator, DType dtype) {
        if (!dtype.isFloat()) {
            throw new IllegalArgumentException(operator + ": expected a float type, given " + dtype);
        }
        return dtype;
    }

    default Random generator() {
        return seed().map(s -> new Random(Float.floatToIntBits(s))).orElseGet(Random::new);
    }

    @Override
    default boolean deterministic() {
        return seed().isPresent();
    }
}
