package io.sardonyx.bench.device;

import io.sardonyx.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@link KernelTimer} does, in a contender's process: many launches as one graph, each on other buffers with random contents, or
 * each alone behind a flush. What fails is not cleaned up: it ends the process.
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
    static Batch open(CudaStream cuda, Effort effort, DType dtype, List<Long> inputs, long output, Step step) {
        long bytes = inputs.stream().mapToLong(Long::longValue).sum() + output;
        long stride = inputs.stream().mapToLong(Rotation::aligned).sum();
        int sets = effort.sets(bytes, cuda.l2Bytes());
        long allInputs = cuda.allocate(sets * stride);
        long allOutputs = cuda.allocate(sets * aligned(output));
        cuda.fill(allInputs, sets * stride, RandomMemory.block(dtype, RandomMemory.SMALL));
        Buffers[] buffers = new Buffers[sets];
        for (int set = 0; set < sets; set++) {
            buffers[set] = new Buffers(places(allInputs + set * stride, inputs), allOutputs + set * aligned(output));
        }
        step.launch(buffers[0]); // what a library loads or sets up when it is used first stays out of the time
        Batch batch = effort.isAlone(bytes, cuda.l2Bytes())
                ? alone(cuda, effort, buffers[0], step)
                : graphs(cuda, effort, buffers, step);
        return batch.closing(() -> {
            cuda.free(allInputs);
            cuda.free(allOutputs);
        });
    }

    private static Batch graphs(CudaStream cuda, Effort effort, Buffers[] buffers, Step step) {
        List<CudaStream.Graph> graphs = new ArrayList<>();
        return effort.batch(buffers.length, launches -> {
                    CudaStream.Graph graph = cuda.record(() -> {
                        for (int i = 0; i < launches; i++) {
                            step.launch(buffers[i % buffers.length]);
                        }
                    });
                    graphs.add(graph);
                    return () -> {
                        cuda.hold(effort.holdMicroseconds(launches));
                        return graph.microseconds();
                    };
                })
                .closing(() -> graphs.forEach(CudaStream.Graph::close));
    }

    private static Batch alone(CudaStream cuda, Effort effort, Buffers buffers, Step step) {
        return effort.batchOfLone(launches -> () -> {
            double sum = 0;
            for (int i = 0; i < launches; i++) {
                cuda.hold(effort.holdMicroseconds(1));
                sum += cuda.microseconds(() -> step.launch(buffers));
            }
            return sum;
        });
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
