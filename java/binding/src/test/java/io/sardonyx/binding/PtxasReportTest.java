package io.sardonyx.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What nvcc said of the shipped kernels when it compiled them: nothing spilled, no stack frame, no {@code wgmma} that had to be
 * serialized, no register budget that was ignored.
 */
class PtxasReportTest {
    private static final Pattern KERNEL = Pattern.compile("Compiling entry function '([^']+)' for '([^']+)'");
    private static final Pattern FRAME =
            Pattern.compile("(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads");
    private static final long LARGEST_LIBRARY = 20_000_000;

    private static Path build;
    private static List<Path> reports = List.of();

    @BeforeAll
    static void find() throws IOException {
        build = Path.of(System.getProperty("sardonyx.root"), "java/binding/target/native/cmake/src/cuda");
        if (Files.isDirectory(build)) {
            try (Stream<Path> files = Files.walk(build)) {
                reports = files.filter(f -> f.toString().endsWith(".report")).toList();
            }
        }
        Assumptions.assumeFalse(reports.isEmpty(), "CUDA was left out of the build");
    }

    @Test
    void nothingSpillsAndNothingHasAStackFrame() throws IOException {
        List<String> wrong = new ArrayList<>();
        int kernels = 0;
        for (Path report : reports) {
            String kernel = "";
            for (String line : Files.readAllLines(report)) {
                Matcher entry = KERNEL.matcher(line);
                if (entry.find()) {
                    kernel = entry.group(1) + " for " + entry.group(2);
                    kernels++;
                }
                Matcher frame = FRAME.matcher(line);
                if (frame.find() && !frame.group().startsWith("0 bytes stack frame, 0 bytes spill stores, 0 ")) {
                    wrong.add(report.getFileName() + ": " + kernel + ": " + frame.group());
                }
            }
        }
        assertTrue(kernels > 0, "no kernel in " + reports);
        assertEquals(List.of(), wrong);
    }

    @Test
    void noAsynchronousProductIsSerializedAndNoRegisterBudgetIgnored() throws IOException {
        for (Path report : reports) {
            String text = Files.readString(report);
            assertFalse(text.contains("serialized"), () -> report + ": " + text);
            assertFalse(text.contains("setmaxnreg"), () -> report + ": " + text);
        }
    }

    @Test
    void theKernelsForHopperUseItsInstructions() throws IOException {
        for (String kernel : List.of("gemm_sm90", "gemm_bf16x6_sm90", "conv_sm90", "conv_bf16x6_sm90")) {
            Path ptx = build.resolve("ptx").resolve(kernel + ".ptx");
            Assumptions.assumeTrue(Files.exists(ptx), ptx + " is not there");
            String text = Files.readString(ptx);
            assertTrue(text.contains("wgmma.mma_async"), kernel + " has no wgmma");
            assertTrue(text.contains("cp.async.bulk.tensor"), kernel + " has no bulk tensor copy");
        }
    }

    @Test
    void theLibraryIsSmall() throws IOException {
        Path library = Path.of(System.getProperty("sardonyx.root"), "java/binding/target/classes/io/sardonyx/binding")
                .resolve(NativeFiles.platform())
                .resolve("libsardonyx_cuda.so");
        assertTrue(Files.size(library) < LARGEST_LIBRARY, library + ": " + Files.size(library) + " bytes");
    }
}
