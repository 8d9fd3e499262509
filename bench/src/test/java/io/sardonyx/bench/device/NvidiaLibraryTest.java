package io.sardonyx.bench.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
    /** A library that takes m microseconds and one more each time, throws for m = 13, and ends its process for m = 14. */
    static final class Moody implements ContenderLoop.Library {
        private final int gpu;

        Moody(int gpu) {
            this.gpu = gpu;
        }

        public static void main(String[] args) throws IOException {
            new ContenderLoop(args).run(Moody::new);
        }

        @Override
        public String version() {
            return "Moody 1 on " + gpu;
        }

        @Override
        public Batch open(String words, Effort effort) {
            long m = Rival.Product.parse(words).m();
            if (m == 14) {
                Runtime.getRuntime().halt(1);
            } else if (m == 13) {
                throw new IllegalStateException("no algorithm\nfor 13");
            }
            int[] calls = new int[1];
            return new Batch(
                    2,
                    () -> {
                        if (m == 15 && calls[0] == 2) {
                            throw new IllegalStateException("lost at 15");
                        }
                        return 2.0 * (m + calls[0]++);
                    },
                    () -> {});
        }
    }

    /** A library that cannot be loaded. */
    static final class Absent {
        public static void main(String[] args) throws IOException {
            new ContenderLoop(args).run(gpu -> {
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
                        Effort.SMOKE.words(),
                        "0"),
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
            assertEquals("Moody 1 on 0", library.version());
            assertEquals("", library.missing());
            assertEquals(
                    9,
                    library.time(product(7))
                            .orElseThrow()
                            .samples()
                            .orElseThrow()
                            .median());
            assertEquals(
                    "java.lang.IllegalStateException: no algorithm for 13",
                    library.time(product(13)).orElseThrow().failure());
            assertEquals(
                    11,
                    library.time(product(9))
                            .orElseThrow()
                            .samples()
                            .orElseThrow()
                            .median());
            assertEquals(
                    new NvidiaLibrary.Answer(Optional.empty(), "its process has ended"),
                    library.time(product(14)).orElseThrow());
            assertEquals(
                    10,
                    library.time(product(8))
                            .orElseThrow()
                            .samples()
                            .orElseThrow()
                            .median());
        }
    }

    @Test
    void anOpenShapeIsSampledAsOftenAsOneLikes() {
        try (NvidiaLibrary library = library(Moody.class)) {
            for (int m : new int[] {7, 9}) {
                try (Batch batch = open(library, m)) {
                    assertEquals(2, batch.launches());
                    assertEquals(m, batch.microseconds());
                    assertEquals(m + 1, batch.microseconds());
                }
            }
        }
    }

    @Test
    void aLibraryThatFailsLaterSaysSoAndIsThereForTheNextShape() {
        try (NvidiaLibrary library = library(Moody.class)) {
            try (Batch batch = open(library, 15)) {
                batch.microseconds();
                batch.microseconds();
                assertEquals(
                        "java.lang.IllegalStateException: lost at 15",
                        assertThrows(LibraryFailedException.class, batch::microseconds)
                                .getMessage());
            }
            assertEquals(
                    new NvidiaLibrary.Opened(Optional.empty(), "java.lang.IllegalStateException: no algorithm for 13"),
                    library.open(new Rival.Product(DType.FLOAT32, 13, 1, 1)).orElseThrow());
            try (Batch batch = open(library, 8)) {
                assertEquals(8, batch.microseconds());
            }
        }
    }

    private static Batch open(NvidiaLibrary library, long m) {
        return library.open(new Rival.Product(DType.FLOAT32, m, m, m))
                .orElseThrow()
                .batch()
                .orElseThrow();
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
