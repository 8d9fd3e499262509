package io.sardonyx.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Runs the programs of native/test, which test what Java does not see. */
class NativeTestsTest {
    private static final long MINUTES = 5;

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> programs() throws IOException {
        Path build = Path.of(System.getProperty("sardonyx.root"), "java/binding/target/native/cmake");
        Assumptions.assumeTrue(Files.isDirectory(build), "the natives were left out of the build");
        List<String> tests;
        try (Stream<Path> sources = Files.list(Path.of(System.getProperty("sardonyx.root"), "native/test"))) {
            tests = sources.map(source -> source.getFileName().toString())
                    .filter(name -> name.endsWith("_test.cpp"))
                    .map(name -> "test_" + name.substring(0, name.length() - "_test.cpp".length()))
                    .sorted()
                    .toList();
        }
        return tests.stream().map(test -> DynamicTest.dynamicTest(test, () -> run(build.resolve(test))));
    }

    private void run(Path program) throws Exception {
        Path out = folder.resolve(program.getFileName());
        Process process = new ProcessBuilder(program.toString())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
        process.destroyForcibly();
        assertTrue(ended, () -> program + " does not end");
        assertEquals(0, process.exitValue(), Files.readString(out));
    }
}
