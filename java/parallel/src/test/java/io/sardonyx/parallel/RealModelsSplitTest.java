package io.sardonyx.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sardonyx.collective.Group;
import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.check.Judge;
import io.sardonyx.onnx.graph.ValueInfo;
import io.sardonyx.onnx.plan.Placement;
import io.sardonyx.onnx.read.TensorFiles;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real transformers split over several devices give what one device gives. */
class RealModelsSplitTest {
    private static final Map<String, HostTensor> SENTENCE = Map.of(
            "input_ids", HostTensor.of(Shape.of(1, 5), 101, 2023, 2003, 1037, 102),
            "attention_mask", HostTensor.of(Shape.of(1, 5), 1, 1, 1, 1, 1),
            "token_type_ids", HostTensor.of(Shape.of(1, 5), 0, 0, 0, 0, 0));

    @TempDir
    static Path folder;

    private static Path miniLm;

    @BeforeAll
    static void unpack() throws IOException {
        miniLm = folder.resolve("all-minilm-l6-v2.onnx");
        try (InputStream in = RealModelsSplitTest.class.getResourceAsStream("/all-minilm-l6-v2.onnx")) {
            Files.copy(in, miniLm);
        }
    }

    /** Attention and feed-forward of each of 6 layers, of 12 heads. */
    @ParameterizedTest
    @CsvSource({"cpu, 2", "sim, 2", "sim, 4"})
    void miniLm(String kind, int ranks) {
        try (Group group = Group.of(devices(kind, ranks));
                TensorParallel model = load(miniLm, group)) {
            assertEquals(12, model.pairs().size());
            assertTrue(model.pairs().stream()
                    .allMatch(pair -> pair.byRows().size() == 1
                            && (pair.byColumns().size() == 3 || pair.byColumns().size() == 1)));
            long cut = model.pairs().stream().mapToLong(Pair::bytes).sum();
            try (Group alone = Group.of(Devices.get("cpu"));
                    TensorParallel whole = load(miniLm, alone)) {
                assertEquals(whole.weightBytes() - cut + cut / ranks, model.weightBytes());
            }
            compare(model, miniLm, SENTENCE);
            assertAllReduces(model, 2 * 6, SENTENCE);
        }
    }

    /** That a rank sums up so often, and no node runs elsewhere than on the ranks' devices. */
    private static void assertAllReduces(TensorParallel model, int count, Map<String, HostTensor> given) {
        List<Placement> placement = model.placement(model.inputs().stream()
                .map(input -> given.get(input.name()).type())
                .toList());
        assertEquals(
                count,
                placement.stream().filter(p -> p.opType().equals("AllReduce")).count());
        assertTrue(placement.stream().noneMatch(p -> p.where().equals("reference")), placement::toString);
    }

    @Test
    void everyRankComesToEveryAllReduce() {
        var group = new Watched(Devices.get("cpu"), 2);
        try (TensorParallel model = load(miniLm, group);
                Outputs outputs = model.run(SENTENCE)) {
            assertEquals(2, outputs.size());
            assertEquals(2 * 6 * 2, group.allReduces.get());
        }
    }

    /** 2 heads: four ranks split the feed-forward pairs alone. */
    @ParameterizedTest
    @CsvSource({"cpu, 2, 24", "sim, 2, 24", "sim, 4, 12"})
    void gpt2WithItsPast(String kind, int ranks, int pairs) throws IOException {
        Path model = Path.of(System.getProperty("sardonyx.testdata", "../../../shared"), "models/gpt2-past/model.onnx");
        assumeTrue(Files.exists(model), "skipped: there are no models at -Dsardonyx.testdata");
        List<Device> devices = devices(kind, ranks);
        long before = devices.stream().mapToLong(Device::liveBytes).sum();
        try (Group group = Group.of(devices);
                TensorParallel split = load(model, group)) {
            assertEquals(pairs, split.pairs().size());
            Map<String, HostTensor> given = new HashMap<>();
            for (ValueInfo input : split.inputs()) {
                given.put(
                        input.name(),
                        TensorFiles.readTensor(model.resolveSibling("test_data_set_0/input_" + given.size() + ".pb")));
            }
            compare(split, model, given);
            assertAllReduces(split, pairs, given);
        }
        assertEquals(before, devices.stream().mapToLong(Device::liveBytes).sum(), "memory that is left");
    }

    private static List<Device> devices(String kind, int ranks) {
        List<String> here = Devices.all().stream().map(Device::name).toList();
        assumeTrue(here.contains("sim:3"), "skipped: four simulated GPUs are needed; here are " + here);
        return IntStream.range(0, ranks)
                .mapToObj(r -> Devices.get(kind.equals("sim") ? "sim:" + r : kind))
                .toList();
    }

    private static TensorParallel load(Path file, Group group) {
        return TensorParallel.load(() -> Model.builder(file).threads(1), group, Duration.ofMinutes(2));
    }

    private static void compare(TensorParallel split, Path file, Map<String, HostTensor> given) {
        try (Model whole = Model.builder(file).device(Devices.get("cpu")).load();
                Outputs expected = whole.run(given);
                Outputs actual = split.run(given)) {
            assertEquals(expected.names(), actual.names());
            for (String name : expected.names()) {
                assertEquals(
                        Optional.empty(),
                        new Judge.Elementwise(1e-4, 1e-5)
                                .judge(
                                        actual.get(name).toHost(),
                                        expected.get(name).toHost()),
                        name);
            }
        }
    }
}
