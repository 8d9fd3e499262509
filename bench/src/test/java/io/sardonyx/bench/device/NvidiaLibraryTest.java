package io.sardonyx.bench.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.bench.ConvLayer;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A library that fails at one shape, whichever way, is there again for the next. */
class NvidiaLibraryTest {
    /** A library that takes m microseconds, throws for m = 13, and ends its process for m = 14. */
    static final class Moody implements ContenderLoop.Library {
        public static void main(String[] args) throws IOException {
            new ContenderLoop(args).run(Moody::new);
        }

        @Override
        public String version() {
            return "Moody 1";
        }

        @Override
        public Samples time(String words, Effort effort) {
            long m = Rival.Product.parse(words).m();
            if (m == 14) {
                Runtime.getRuntime().halt(1);
            } else if (m == 13) {
                throw new IllegalStateException("no algorithm\nfor 13");
            }
            return Samples.of(new double[] {m, m + effort.samples()});
        }
    }

    /** A library that cannot be loaded. */
    static final class Absent {
        public static void main(String[] args) throws IOException {
            new ContenderLoop(args).run(() -> {
                throw new UnsatisfiedLinkError("libmoody.so");
            });
        }
    }

    private static NvidiaLibrary library(Class<?> main) {
        return new NvidiaLibrary(
                Rival.Product.class,
                new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName(),
                        Effort.SMOKE.words()),
                "");
    }

    private static Workload product(long m) {
        TensorType type = TensorType.of(DType.FLOAT32, m, m);
        return Workload.of("product", Workload.operator("", "MatMul", Map.of()), 1, type, type)
                .beside(new Rival.Product(DType.FLOAT32, m, m, m));
    }

    @Test
    void anotherProcessGoesOnBehindAShapeThatFailed() {
        try (NvidiaLibrary library = library(Moody.class)) {
            assertEquals("Moody 1", library.version());
            assertEquals("", library.missing());
            assertEquals(
                    8.5,
                    library.time(product(7))
                            .orElseThrow()
                            .samples()
                            .orElseThrow()
                            .median());
            assertEquals(
                    "java.lang.IllegalStateException: no algorithm for 13",
                    library.time(product(13)).orElseThrow().failure());
            assertEquals(
                    10.5,
                    library.time(product(9))
                            .orElseThrow()
                            .samples()
                            .orElseThrow()
                            .median());
            assertEquals(
                    new NvidiaLibrary.Answer(Optional.empty(), "its process has ended"),
                    library.time(product(14)).orElseThrow());
            assertEquals(
                    9.5,
                    library.time(product(8))
                            .orElseThrow()
                            .samples()
                            .orElseThrow()
                            .median());
        }
    }

    @Test
    void aLibraryThatCannotBeLoadedIsMissing() {
        try (NvidiaLibrary library = library(Absent.class)) {
            assertEquals("java.lang.UnsatisfiedLinkError: libmoody.so", library.missing());
            assertTrue(library.time(product(7)).isEmpty());
        }
    }

    @Test
    void whatIsNotForThisLibraryIsNotAsked() {
        try (NvidiaLibrary library = library(Moody.class)) {
            Workload convolution = ConvTable.tiny().get(0).workloads().get(0);
            assertTrue(library.time(convolution).isEmpty());
        }
    }

    @Test
    void rivalsSurviveTheWayToAnotherProcess() {
        var product = new Rival.Product(DType.BFLOAT16, 1, 2, 3);
        assertEquals(product, Rival.Product.parse(product.words()));
        for (ConvLayer layer : ConvLayer.all()) {
            var convolution = new Rival.Convolution(DType.FLOAT16, 32, layer);
            assertEquals(convolution, Rival.Convolution.parse(convolution.words()));
        }
        assertEquals(Effort.BRIEF, Effort.parse(Effort.BRIEF.words()));
    }
}
