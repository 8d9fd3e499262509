package io.sardonyx.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * That the checked simulator counts conflicts of shared memory's banks as they are, on any schedule: the kernels of
 * kernels/cuda/lab/primitives/banks.cu write by a pattern, and read by it.
 */
class BankConflictsTest {
    /** Turns of one access that a pattern takes, and that it would take without conflicts. */
    private record Turns(int taken, int needed) {}

    private static final Map<String, Turns> EXPECTED = Map.ofEntries(
            Map.entry("broadcast", new Turns(1, 1)),
            Map.entry("stride_1", new Turns(1, 1)),
            Map.entry("stride_2", new Turns(2, 1)),
            Map.entry("stride_3", new Turns(1, 1)),
            Map.entry("stride_16", new Turns(16, 1)),
            Map.entry("stride_32", new Turns(32, 1)),
            Map.entry("stride_33", new Turns(1, 1)),
            Map.entry("pairs", new Turns(2, 2)),
            Map.entry("pairs_stride_2", new Turns(4, 2)),
            Map.entry("quads", new Turns(4, 4)),
            Map.entry("quads_stride_2", new Turns(8, 4)),
            Map.entry("quads_stride_8", new Turns(32, 4)));

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> patterns() throws Exception {
        Natives.cpu();
        LabKernels.Findings findings =
                LabKernels.run(folder, Map.of("SARDONYX_SIM_STATISTICS", "1"), "primitive.banks.");
        Map<String, List<String>> counted = new TreeMap<>();
        findings.failures().forEach((key, failure) -> {
            assertEquals("", failure, key);
            counted.put(
                    key.substring("primitive.banks.".length()),
                    findings.printed().stream()
                            .filter(line -> line.startsWith(key + ": "))
                            .toList());
        });
        assertEquals(new TreeSet<>(EXPECTED.keySet()), counted.keySet());
        return counted.entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> check(e.getKey(), e.getValue())));
    }

    private static void check(String pattern, List<String> lines) {
        Turns turns = EXPECTED.get(pattern);
        String line = "primitive.banks." + pattern + ": 2 accesses of warps to shared memory in " + 2 * turns.taken
                + " turns, " + 2 * turns.needed + " without bank conflicts";
        assertEquals(Collections.nCopies(LabKernels.SCHEDULES, line), lines);
    }
}
