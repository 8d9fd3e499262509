package io.sardonyx.bench.device;

import io.sardonyx.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@link KernelTimer} does, in a contender's process: many launches as one graph, each on other buffers with random contents.
 * What fails is not cleaned up: it ends the process.
 */
final class Rotation {
    private static final long ALIGNMENT = 256;

    private Rotation() {}

    /** Where the tensors of one launch lie. */
    record Buffers(long[] inputs, long output) {
        long input(int i) {
            return inputs[i];
        }
    }

    /** Queues one launch on {@link CudaStream#handle}. */
    interface Step {
        void launch(Buffers buffers);
    }

    /** @param inputs the bytes of each, all of elements {@code dtype} */
    static Samples time(CudaStream cuda, Effort effort, DType dtype, List<Long> inputs, long output, Step step) {
        long bytes = inputs.stream().mapToLong(Long::longValue).sum() + output;
        long stride = inputs.stream().mapToLong(Rotation::aligned).sum();
        int sets = effort.sets(bytes);
        long allInputs = cuda.allocate(sets * stride);
        long allOutputs = cuda.allocate(sets * aligned(output));
        cuda.fill(allInputs, sets * stride, RandomMemory.block(dtype, RandomMemory.SMALL));
        Buffers[] buffers = new Buffers[sets];
        for (int set = 0; set < sets; set++) {
            buffers[set] = new Buffers(places(allInputs + set * stride, inputs), allOutputs + set * aligned(output));
        }
        step.launch(buffers[0]); // what a library loads or sets up when it is used first stays out of the graph
        List<CudaStream.Graph> graphs = new ArrayList<>();
        Samples samples = effort.measure(sets, launches -> {
            CudaStream.Graph graph = cuda.record(() -> {
                for (int i = 0; i < launches; i++) {
                    step.launch(buffers[i % sets]);
                }
            });
            graphs.add(graph);
            return graph::microseconds;
        });
        graphs.forEach(CudaStream.Graph::close);
        cuda.free(allInputs);
        cuda.free(allOutputs);
        return samples;
    }

    private static long[] places(long at, List<Long> inputs) {
        long[] places = new long[inputs.size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = at;
            at += aligned(inputs.get(i));
        }
        return places;
    }

    private static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
