package io.sardonyx.bench.jmh;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** A run of MiniLM; nothing is tokenized or copied. */
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class MiniLmBenchmark extends RunBenchmark {
    @Param("1")
    private int batch;

    @Param({"16", "128"})
    private int tokens;

    @Setup
    public void load() throws IOException {
        use(MiniLm.builder().load(), MiniLm.inputs(batch, tokens));
    }
}
