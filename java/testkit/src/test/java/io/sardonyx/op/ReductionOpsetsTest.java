package io.sardonyx.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sardonyx.tensor.DType;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What the opset changes in reductions, normalisations and signal operators. */
class ReductionOpsetsTest {
    private static Operator read(String name, int opset, Map<String, Object> attributes) {
        return Operators.read(Operators.ONNX, name, Attributes.of(opset, attributes))
                .orElseThrow();
    }

    @Test
    void softmaxFlattenedBefore13() {
        assertEquals(new Softmax(1, true), read("Softmax", 12, Map.of()));
        assertEquals(new Softmax(-1, false), read("Softmax", 13, Map.of()));
        assertEquals(new LogSoftmax(0, true), read("LogSoftmax", 11, Map.of("axis", 0L)));
        assertEquals(new Hardmax(-1, false), read("Hardmax", 13, Map.of()));
    }

    @Test
    void axesOfReductionsMovedToAnInput() {
        assertEquals(
                new ReduceSum(List.of(1L), false, false),
                read("ReduceSum", 11, Map.of("axes", List.of(1L), "keepdims", 0L)));
        assertEquals(new ReduceMean(List.of(), true, true), read("ReduceMean", 18, Map.of("noop_with_empty_axes", 1L)));
    }

    @Test
    void indicesOfExtremes() {
        assertEquals(new ArgMax(0, true, false), read("ArgMax", 1, Map.of()));
        assertEquals(
                new ArgMin(2, false, true),
                read("ArgMin", 12, Map.of("axis", 2L, "keepdims", 0L, "select_last_index", 1L)));
    }

    @Test
    void topK() {
        assertEquals(new TopK(-1, true, OptionalLong.of(3)), read("TopK", 1, Map.of("k", 3L)));
        assertEquals(new TopK(0, true, OptionalLong.empty()), read("TopK", 10, Map.of("axis", 0L)));
        assertEquals(new TopK(-1, false, OptionalLong.empty()), read("TopK", 11, Map.of("largest", 0L)));
        assertThrows(IllegalArgumentException.class, () -> read("TopK", 1, Map.of()));
    }

    @Test
    void scaleOfGroupsBecameScaleOfChannels() {
        assertEquals(new GroupNormalization(2, 1e-5f, true), read("GroupNormalization", 18, Map.of("num_groups", 2L)));
        assertEquals(new GroupNormalization(2, 1e-5f, false), read("GroupNormalization", 21, Map.of("num_groups", 2L)));
    }

    @Test
    void layerNormalization() {
        assertEquals(new LayerNormalization(-1, 1e-5f, DType.FLOAT32), read("LayerNormalization", 17, Map.of()));
        assertEquals(
                new LayerNormalization(1, 0.5f, DType.BFLOAT16),
                read("LayerNormalization", 17, Map.of("axis", 1L, "epsilon", 0.5f, "stash_type", 16L)));
    }

    @Test
    void axisOfTheFourierTransformMovedToAnInput() {
        assertEquals(new DFT(OptionalLong.of(1), false, false), read("DFT", 17, Map.of()));
        assertEquals(new DFT(OptionalLong.empty(), true, true), read("DFT", 20, Map.of("inverse", 1L, "onesided", 1L)));
    }
}
