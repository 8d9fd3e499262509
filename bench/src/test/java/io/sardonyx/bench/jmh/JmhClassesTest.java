package io.sardonyx.bench.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.device.Devices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every JMH class runs: each of its lines once, in this JVM, on small sizes. */
class JmhClassesTest {
    private static final String SUFFIX = "Benchmark.java";
    private static final Set<String> ABSTRACT = Set.of("CallBenchmark.java", "RunBenchmark.java");

    /** As {@code -f 0 -wi 0 -i 1 -bm ss} on JMH's command line. */
    private static ChainedOptionsBuilder once() {
        return new OptionsBuilder()
                .forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .mode(Mode.SingleShotTime)
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true);
    }

    @Test
    void everyClassRuns() throws RunnerException, IOException {
        Assumptions.assumeTrue(Devices.best().name().equals("cpu"), "the natives are not here: " + Devices.problems());
        var results = new Runner(once().param("n", "2")
                        .param("rows", "3")
                        .param("shape", "2x3x4")
                        .param("batch", "1")
                        .param("tokens", "2")
                        .build())
                .run();
        Set<String> ran = results.stream()
                .map(result -> result.getParams().getBenchmark())
                .map(name -> name.substring(0, name.lastIndexOf('.')))
                .map(name -> name.substring(name.lastIndexOf('.') + 1))
                .collect(Collectors.toSet());
        assertEquals(classes(), ran);
    }

    private static Set<String> classes() throws IOException {
        Path sources = Path.of(System.getProperty("sardonyx.root"), "bench/src/main/java/io/sardonyx/bench/jmh");
        try (Stream<Path> files = Files.list(sources)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX) && !ABSTRACT.contains(name))
                    .map(name -> name.substring(0, name.length() - ".java".length()))
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void aShapeThatIsNoneEndsTheRun() {
        var run = new Runner(
                once().include("MatMulBenchmark").param("shape", "2x3").build());
        Throwable e = assertThrows(RunnerException.class, run::run);
        assertTrue(causes(e).anyMatch("shape 2x3: expected m x k x n, as in 128x384x1536"::equals), e.toString());
    }

    private static Stream<String> causes(Throwable e) {
        return Stream.iterate(e, t -> t != null, Throwable::getCause)
                .flatMap(t -> Stream.concat(Stream.of(t), Stream.of(t.getSuppressed())))
                .map(Throwable::getMessage);
    }
}
