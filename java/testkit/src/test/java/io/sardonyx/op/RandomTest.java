package io.sardonyx.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The operators that draw by chance: their distributions, and what a seed repeats. */
class RandomTest {
    private static final int MANY = 100_000;
    private static final Optional<Float> SEED = Optional.of(7f);

    @Test
    void normalHasItsMeanAndItsScale() {
        double[] x = draw(new RandomNormal(DType.FLOAT32, Shape.of(MANY), 3, 2, SEED))
                .toDoubles();
        double mean = Arrays.stream(x).average().orElseThrow();
        double variance = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).sum() / MANY;
        assertEquals(3, mean, 0.05);
        assertEquals(4, variance, 0.1);
    }

    @Test
    void uniformFillsItsRange() {
        double[] x = draw(new RandomUniform(DType.FLOAT64, Shape.of(MANY), -1, 3, SEED))
                .toDoubles();
        assertEquals(1, Arrays.stream(x).average().orElseThrow(), 0.05);
        assertTrue(Arrays.stream(x).allMatch(v -> v >= -1 && v < 3));
        assertTrue(Arrays.stream(x).anyMatch(v -> v < -0.99) && Arrays.stream(x).anyMatch(v -> v > 2.99));
    }

    @Test
    void aSeedRepeatsItselfAndNoSeedDoesNot() {
        var seeded = new RandomNormal(DType.FLOAT32, Shape.of(8), 0, 1, SEED);
        assertEquals(draw(seeded).data(), draw(seeded).data());
        assertTrue(seeded.deterministic());
        var free = new RandomNormal(DType.FLOAT32, Shape.of(8), 0, 1, Optional.empty());
        assertFalse(draw(free).data().equals(draw(free).data()));
        assertFalse(free.deterministic());
    }

    @Test
    void likeTakesShapeAndTypeOfItsInput() {
        HostTensor like = HostTensor.of(DType.FLOAT16, Shape.of(2, 3), 0, 0, 0, 0, 0, 0);
        assertEquals(
                like.type(),
                draw(new RandomNormalLike(Optional.empty(), 0, 1, SEED), like).type());
        assertEquals(
                like.type().with(DType.FLOAT64),
                draw(new RandomUniformLike(Optional.of(DType.FLOAT64), 0, 1, SEED), like)
                        .type());
        assertThrows(
                IllegalArgumentException.class,
                () -> draw(new RandomNormalLike(Optional.empty(), 0, 1, SEED), HostTensor.of(Shape.of(1), 1L)));
    }

    @Test
    void bernoulliFollowsItsProbabilities() {
        HostTensor p = HostTensor.of(DType.FLOAT32, Shape.of(MANY), new double[MANY]);
        for (int i = 0; i < MANY; i++) {
            p.set(i, i % 2 == 0 ? 0.25 : 1);
        }
        HostTensor drawn = draw(new Bernoulli(Optional.of(DType.INT32), SEED), p);
        assertEquals(0.625, Arrays.stream(drawn.toLongs()).average().orElseThrow(), 0.01);
        assertThrows(
                IllegalArgumentException.class,
                () -> draw(new Bernoulli(Optional.empty(), SEED), HostTensor.of(Shape.of(1), 1.5f)));
    }

    @Test
    void multinomialFollowsItsWeights() {
        HostTensor x = HostTensor.of(
                Shape.of(2, 3),
                0f,
                (float) Math.log(3),
                Float.NEGATIVE_INFINITY,
                Float.NEGATIVE_INFINITY,
                5f,
                Float.NEGATIVE_INFINITY);
        long[] drawn = draw(new Multinomial(DType.INT64, MANY, SEED), x).toLongs();
        assertEquals(0.75, Arrays.stream(drawn, 0, MANY).average().orElseThrow(), 0.01);
        assertTrue(Arrays.stream(drawn, MANY, 2 * MANY).allMatch(v -> v == 1));
    }

    private static HostTensor draw(TensorOperator operator, HostTensor... inputs) {
        Inputs in = Inputs.of(inputs);
        TensorType type = operator.infer(in.types(1)).get(0);
        HostTensor out = HostTensor.allocate(type);
        operator.reference(in, List.of(out));
        return out;
    }
}
