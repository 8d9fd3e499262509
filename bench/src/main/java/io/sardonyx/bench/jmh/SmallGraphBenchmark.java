package io.sardonyx.bench.jmh;

import io.sardonyx.onnx.Model;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Tensor;
import java.util.Map;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** A run of a {@link SmallGraph}: what a run costs besides its kernels. */
public class SmallGraphBenchmark extends RunBenchmark {
    @Param
    private SmallGraph graph;

    @Param("1")
    private long rows;

    @Setup
    public void load() {
        Tensor x = Tensor.randn(DType.FLOAT32, 1, rows, SmallGraph.WIDTH);
        use(Model.builder(graph.bytes(rows)).load(), Map.of(SmallGraph.INPUT, x));
    }
}
