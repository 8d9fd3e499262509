package io.sardonyx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.onnx.check.CaseFolder;
import io.sardonyx.onnx.check.CaseResult;
import io.sardonyx.onnx.check.CaseResult.Status;
import io.sardonyx.onnx.check.Judge;
import io.sardonyx.testkit.FarDevice;
import io.sardonyx.testkit.TestDevices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * All cases of the ONNX backend suite, on each device, and on memory out of Java's reach. {@code conformance.txt} names each with
 * what must become of it: {@code pass}, {@code pass, <judge>} where the suite's tolerance was loosened, or the reason why it does
 * not pass. A case that becomes better or worse than that is a failure; what was found lies in {@code
 * target/conformance-<device>.txt}.
 */
class ConformanceTest {
    private static final Path EXPECTATIONS = Path.of("conformance.txt");
    private static final List<String> FOLDERS = List.of("node", "simple", "pytorch-operator", "pytorch-converted");
    private static final Judge SUITE = new Judge.Elementwise(1e-3, 1e-7);

    static List<Named<Device>> devices() {
        Device far = new FarDevice("far:0", Devices.best());
        return Stream.concat(TestDevices.all().stream(), Stream.of(far))
                .map(d -> Named.of(d.name(), d))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("devices")
    void everyCaseIsAsExpected(Device device) throws IOException {
        Optional<Path> suite = TestMaterial.backendSuite();
        assumeTrue(
                suite.isPresent(), "skipped: the ONNX backend suite is neither at -Dsardonyx.testdata nor installed");
        Map<String, String> expected = expectations();
        Map<String, String> found = new TreeMap<>();
        for (String folder : FOLDERS) {
            for (CaseFolder c : CaseFolder.below(suite.get().resolve(folder))) {
                String name = folder + "/" + c.name();
                found.put(name, outcome(c, device, expected.getOrDefault(name, "pass")));
            }
        }
        List<String> lines = new ArrayList<>();
        found.forEach((name, outcome) -> lines.add(name + ": " + outcome));
        Files.write(Path.of("target", "conformance-" + device.name() + ".txt"), lines);
        List<String> differences = new ArrayList<>();
        found.forEach((name, outcome) -> {
            if (!outcome.equals(expected.get(name))) {
                differences.add(name + ": expected " + expected.get(name) + ", found " + outcome);
            }
        });
        assertEquals("", String.join("\n", differences.subList(0, Math.min(40, differences.size()))));
        System.out.println("conformance on " + device.name() + ": "
                + found.values().stream().filter(o -> o.startsWith("pass")).count() + " of " + found.size()
                + " cases pass");
    }

    private static Map<String, String> expectations() throws IOException {
        Map<String, String> expected = new TreeMap<>();
        for (String line : Files.readAllLines(EXPECTATIONS)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                int colon = line.indexOf(": ");
                expected.put(line.substring(0, colon), line.substring(colon + 2));
            }
        }
        return expected;
    }

    /** What became of a case, in the words of the expectations. */
    private static String outcome(CaseFolder folder, Device device, String expected) {
        Judge judge = judge(expected);
        for (CaseResult result : folder.run(builder -> builder.device(device), Optional.of(judge))) {
            if (result.status() == Status.UNSUPPORTED) {
                return result.reason().replaceFirst("^not supported: operator (\\S+).*", "not implemented: $1");
            }
            if (result.status() == Status.FAIL) {
                return expected.startsWith("fails") ? expected : "fails: " + result.reason();
            }
        }
        return judge.equals(SUITE) ? "pass" : "pass, " + judge;
    }

    /** The suite's judge, or the loosened one that the expectation names. */
    private static Judge judge(String expected) {
        if (expected.startsWith("pass, " + TypeAndShape.NAME)) {
            return new TypeAndShape();
        }
        if (expected.startsWith("pass, rtol ")) {
            String[] words = expected.substring("pass, ".length()).split("[ ,]+");
            return new Judge.Elementwise(Double.parseDouble(words[1]), Double.parseDouble(words[3]));
        }
        return SUITE;
    }

    /** For operators whose values are random. */
    private record TypeAndShape() implements Judge {
        private static final String NAME = "type and shape alone (random)";

        @Override
        public Optional<String> compare(io.sardonyx.tensor.HostTensor actual, io.sardonyx.tensor.HostTensor expected) {
            return Optional.empty();
        }

        @Override
        public String toString() {
            return NAME;
        }
    }
}
