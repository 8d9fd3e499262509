package io.sardonyx.bench.collective;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.collective.Reduction;
import io.sardonyx.device.Devices;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExactPatternTest {
    private static final List<DType> TYPES =
            List.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16, DType.FLOAT64, DType.INT32, DType.INT64);

    private static Tensor zeros(DType dtype, long size) {
        return Tensor.of(HostTensor.allocate(TensorType.of(dtype, size)), Devices.get("reference"))
                .keep();
    }

    /** Added or multiplied in the order of the ranks or against it, rounded to the type at every step: always the same. */
    @Test
    void nothingIsRoundedOnTheWay() {
        for (DType dtype : TYPES) {
            for (Reduction reduction : Reduction.values()) {
                for (int ranks : new int[] {1, 2, 3, 8}) {
                    if (reduction == Reduction.MEAN && !dtype.isFloat()) {
                        continue;
                    }
                    ExactPattern pattern = new ExactPattern(dtype, reduction, ranks, 7);
                    for (long i = 0; i < 300; i++) {
                        assertEquals(pattern.expected(i), fold(pattern, i, false), pattern + " at " + i);
                        assertEquals(pattern.expected(i), fold(pattern, i, true), pattern + " at " + i);
                    }
                }
            }
        }
    }

    private static double fold(ExactPattern pattern, long i, boolean backwards) {
        HostTensor one = HostTensor.allocate(TensorType.of(pattern.dtype(), 1));
        int ranks = pattern.ranks();
        for (int k = 0; k < ranks; k++) {
            double x = pattern.value(backwards ? ranks - 1 - k : k, i);
            double before = one.getDouble(0);
            double after = k == 0
                    ? x
                    : switch (pattern.reduction()) {
                        case SUM, MEAN -> before + x;
                        case PRODUCT -> before * x;
                        case MIN -> Math.min(before, x);
                        case MAX -> Math.max(before, x);
                    };
            one.set(0, after);
        }
        return pattern.reduction() == Reduction.MEAN ? one.getDouble(0) / ranks : one.getDouble(0);
    }

    /** Engines may multiply by the reciprocal, which is rounded. */
    @Test
    void aMeanMayBeAProduct() {
        for (int ranks = 1; ranks <= 8; ranks++) {
            ExactPattern pattern = new ExactPattern(DType.FLOAT32, Reduction.MEAN, ranks, 7);
            HostTensor product = HostTensor.allocate(TensorType.of(DType.FLOAT32, 3000));
            for (int i = 0; i < product.size(); i++) {
                product.set(i, (double) (pattern.expected(i) * ranks * (1f / ranks)));
            }
            pattern.verify(0, Tensor.of(product, Devices.get("reference")), "here");
            product.set(8, product.getDouble(8) + 1e-5);
            Tensor wrong = Tensor.of(product, Devices.get("reference"));
            assertThrows(VerificationException.class, () -> pattern.verify(0, wrong, "here"));
        }
    }

    @Test
    void theWorstElementIsNamedWithTheSeed() {
        ExactPattern pattern = new ExactPattern(DType.FLOAT32, Reduction.SUM, 2, 99);
        HostTensor right = HostTensor.allocate(TensorType.of(DType.FLOAT32, 1000));
        for (int i = 0; i < right.size(); i++) {
            right.set(i, (double) pattern.expected(i));
        }
        pattern.verify(0, Tensor.of(right, Devices.get("reference")), "here");
        right.set(17, pattern.expected(17) + 1.0);
        right.set(500, pattern.expected(500) + 1000.0);
        Tensor wrong = Tensor.of(right, Devices.get("reference"));
        String said = assertThrows(VerificationException.class, () -> pattern.verify(1, wrong, "here"))
                .getMessage();
        assertTrue(said.contains("rank 1 of 2") && said.contains("element 500") && said.contains("2 elements"), said);
        assertTrue(said.endsWith("seed 99"), said);
        right.set(3, Double.NaN);
        Tensor none = Tensor.of(right, Devices.get("reference"));
        assertTrue(assertThrows(VerificationException.class, () -> pattern.verify(1, none, "here"))
                .getMessage()
                .contains("element 3 is NaN"));
    }

    @Test
    void whatNobodyWroteIsNoResult() {
        for (DType dtype : TYPES) {
            ExactPattern pattern = new ExactPattern(dtype, Reduction.MAX, 2, 1);
            try (Tensor tensor = zeros(dtype, 100)) {
                pattern.spoil(tensor);
                String said = assertThrows(VerificationException.class, () -> pattern.verify(0, tensor, "here"))
                        .getMessage();
                assertTrue(said.contains("100 elements are wrong"), said);
            }
        }
    }

    @Test
    void ranksHoldDifferentThings() {
        ExactPattern pattern = new ExactPattern(DType.INT32, Reduction.SUM, 2, 1);
        try (Tensor first = zeros(DType.INT32, 100);
                Tensor second = zeros(DType.INT32, 100)) {
            pattern.fill(0, first);
            pattern.fill(1, second);
            assertNotEquals(first.toHost().data(), second.toHost().data());
        }
    }

    @Test
    void whatCannotBeExactIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new ExactPattern(DType.INT32, Reduction.MEAN, 2, 1));
        assertThrows(IllegalArgumentException.class, () -> new ExactPattern(DType.FLOAT32, Reduction.SUM, 257, 1));
    }
}
