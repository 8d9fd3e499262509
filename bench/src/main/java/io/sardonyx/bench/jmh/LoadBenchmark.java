package io.sardonyx.bench.jmh;

import io.sardonyx.onnx.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** Loading a model from a file that the system has in memory, and closing it. */
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class LoadBenchmark extends CallBenchmark {
    @Param
    private Source source;

    private Path file;

    /** What is loaded. */
    public enum Source {
        SMALL_GRAPH {
            @Override
            byte[] bytes() {
                return SmallGraph.CHAIN.bytes(1);
            }
        },
        MINILM {
            @Override
            byte[] bytes() throws IOException {
                return MiniLm.bytes();
            }
        };

        abstract byte[] bytes() throws IOException;
    }

    @Setup
    public void write() throws IOException {
        file = Files.write(Files.createTempFile("sardonyx-bench-", ".onnx"), source.bytes());
    }

    @Benchmark
    public void load(Blackhole hole) {
        try (Model model = Model.load(file)) {
            hole.consume(model);
        }
    }

    @TearDown
    public void delete() throws IOException {
        Files.delete(file);
    }
}
