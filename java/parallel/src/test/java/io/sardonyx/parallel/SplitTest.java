package io.sardonyx.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sardonyx.collective.Group;
import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.check.Judge;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.testkit.Data;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is split of a model, and that the result is one device's, as the references have it. */
class SplitTest {
    private static final Device DEVICE = Devices.get("reference");

    @Test
    void attentionAndFeedForward() {
        List<Pair> pairs = split(Transformers.block(4, 3, 8, true), 2, Map.of("x", Data.normal(9, 2, 5, 12)));
        assertEquals(
                List.of(3, 1), pairs.stream().map(p -> p.byColumns().size()).toList());
        assertEquals(List.of(1, 1), pairs.stream().map(p -> p.byRows().size()).toList());
        assertEquals(4 * (4 * 12 * 12 + 12), pairs.get(0).bytes(), "the output's bias is added once");
        assertEquals(4 * (2 * 12 * 8 + 8), pairs.get(1).bytes());
    }

    @Test
    void oneElementBatches() {
        assertEquals(
                2,
                split(Transformers.block(4, 3, 8, true), 4, Map.of("x", Data.normal(9, 1, 1, 12)))
                        .size());
    }

    @Test
    void noBias() {
        assertEquals(
                2,
                split(Transformers.block(2, 4, 6, false), 2, Map.of("x", Data.normal(9, 1, 3, 8)))
                        .size());
    }

    /** A rank has whole heads or all of them. */
    @Test
    void oddHeadsStayTogether() {
        List<Pair> pairs = split(Transformers.block(3, 4, 8, true), 2, Map.of("x", Data.normal(9, 2, 5, 12)));
        assertEquals(1, pairs.size());
        assertEquals(4 * (2 * 12 * 8 + 8), pairs.get(0).bytes());
    }

    @Test
    void neitherHeadsNorColumnsDivide() {
        assertEquals(List.of(), split(Transformers.block(3, 4, 7, true), 2, Map.of("x", Data.normal(9, 2, 5, 12))));
    }

    @Test
    void gemmsWithTransposedWeights() {
        assertEquals(
                1,
                split(Transformers.gemms(6, 8), 4, Map.of("x", Data.normal(9, 5, 6)))
                        .size());
    }

    @Test
    void attentionAsOneNodeWithItsPast() {
        assertEquals(
                1,
                split(
                                Transformers.attention(4, 3),
                                4,
                                Map.of("x", Data.normal(9, 2, 5, 12), "past", Data.normal(10, 2, 2, 4, 6, 3)))
                        .size());
    }

    @Test
    void productsWithoutANormalisation() {
        assertEquals(
                1,
                split(Transformers.residual(6, 8), 2, Map.of("x", Data.normal(9, 5, 6)))
                        .size());
    }

    @Test
    void aModelWithoutAPair() {
        assertEquals(List.of(), split(Transformers.product(6), 2, Map.of("x", Data.normal(9, 5, 6))));
    }

    @Test
    void oneRank() {
        split(Transformers.block(4, 3, 8, true), 1, Map.of("x", Data.normal(9, 2, 5, 12)));
    }

    /** Sums of float16 across ranks, within its rounding. */
    @Test
    void halfPrecisionOnGpus() {
        assumeTrue(
                Devices.all().stream().anyMatch(d -> d.name().equals("sim:1")),
                "skipped: two simulated GPUs are needed");
        byte[] model = Transformers.block(DType.FLOAT16, 4, 4, 8, true);
        HostTensor x = Data.normal(9, 2, 3, 16);
        Map<String, HostTensor> given = Map.of("x", HostTensor.of(DType.FLOAT16, x.shape(), x.toDoubles()));
        List<Device> gpus = List.of(Devices.get("sim:0"), Devices.get("sim:1"));
        assertEquals(
                2, split(model, gpus, given, new Judge.Elementwise(0.02, 0.1)).size());
    }

    private static List<Pair> split(byte[] model, int ranks, Map<String, HostTensor> given) {
        return split(model, Collections.nCopies(ranks, DEVICE), given, new Judge.Elementwise(1e-4, 1e-5));
    }

    /** The pairs, once the outputs are found to be those of one device. */
    private static List<Pair> split(byte[] bytes, List<Device> devices, Map<String, HostTensor> given, Judge judge) {
        try (Group group = Group.of(devices);
                TensorParallel split = TensorParallel.load(() -> Model.builder(bytes), group, Group.DEADLINE);
                Model whole = Model.builder(bytes).device(DEVICE).load();
                Outputs actual = split.run(given);
                Outputs expected = whole.run(given)) {
            assertEquals(whole.inputs(), split.inputs());
            assertEquals(whole.outputs(), split.outputs());
            for (String name : expected.names()) {
                assertEquals(
                        Optional.empty(),
                        judge.judge(
                                actual.get(name).toHost(), expected.get(name).toHost()),
                        name);
            }
            return split.pairs();
        }
    }
}
