package io.sardonyx.onnx.read;

import static io.sardonyx.onnx.read.Onnx.graph;
import static io.sardonyx.onnx.read.Onnx.identity;
import static io.sardonyx.onnx.read.Onnx.model;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.ModelLimitException;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.ValueInfoProto;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.junit.jupiter.api.Test;

/** Reading takes linear time and no deep stack (row 15 of the contract). */
class LargeModelTest {
    private static final int NODES = 300_000;

    /** Counts this thread's own time, not what the machine does besides. */
    private static void readsInTime(GraphProto.Builder graph) {
        byte[] model = model(graph).build().toByteArray();
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        Graph read =
                ModelReader.read(ModelSource.of(model), ReadOptions.DEFAULT).graph();
        long seconds = (threads.getCurrentThreadCpuTime() - start) / 1_000_000_000;
        assertEquals(NODES, read.nodes().size());
        assertTrue(
                seconds < 30,
                "took " + seconds + " s; the aim is 3 s on an idle machine, quadratic work takes minutes");
    }

    @Test
    void chain() {
        GraphProto.Builder graph = graph();
        for (int i = 0; i < NODES; i++) {
            graph.addNode(identity(i == 0 ? "x" : "v" + i, i == NODES - 1 ? "y" : "v" + (i + 1)));
        }
        readsInTime(graph);
    }

    @Test
    void chainBackwards() {
        GraphProto.Builder graph = graph();
        for (int i = NODES - 1; i >= 0; i--) {
            graph.addNode(identity(i == 0 ? "x" : "v" + i, i == NODES - 1 ? "y" : "v" + (i + 1)));
        }
        readsInTime(graph);
    }

    @Test
    void star() {
        GraphProto.Builder graph = graph(identity("x", "y"));
        for (int i = 1; i < NODES; i++) {
            graph.addNode(identity("x", "v" + i))
                    .addOutput(ValueInfoProto.newBuilder().setName("v" + i));
        }
        readsInTime(graph);
    }

    @Test
    void tooManyNodes() {
        var model = model(graph(identity("x", "a"), identity("a", "b"), identity("b", "y")));
        var e = assertThrows(ModelLimitException.class, () -> Onnx.read(model, Limits.DEFAULT.nodes(2)));
        assertEquals(
                "with its functions expanded the model has: 3 nodes, allowed 2 (raise it with Limits.nodes)",
                e.detail());
    }
}
