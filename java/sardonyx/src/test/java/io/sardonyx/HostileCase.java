package io.sardonyx;

import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.RunOptions;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.onnx.read.Onnx;
import io.sardonyx.tensor.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Something bad that is done to Sardonyx, and what must become of it.
 *
 * @param error what it must end with; empty if it must succeed
 * @param parts what the error's message must hold
 * @param seconds after which it counts as hanging; generous, for machines that do much else
 */
record HostileCase(
        String name, Optional<Class<? extends Throwable>> error, List<String> parts, int seconds, Action action) {
    private static final int SECONDS = 25;

    /** What is done, in the child. */
    interface Action {
        void run() throws Exception;
    }

    /** Must succeed; what it finds wrong it throws. */
    static HostileCase passes(String name, Action action) {
        return new HostileCase(name, Optional.empty(), List.of(), SECONDS, action);
    }

    static HostileCase fails(String name, Class<? extends Throwable> error, Action action, String... parts) {
        return new HostileCase(name, Optional.of(error), List.of(parts), SECONDS, action);
    }

    /** A model that must not load. */
    static HostileCase refused(
            String name, Class<? extends Throwable> error, ModelProto.Builder model, String... parts) {
        return fails(name, error, () -> load(model.build().toByteArray()), parts);
    }

    /** A graph that loads, and whose run must end with an error. */
    static HostileCase stopped(
            String name,
            Class<? extends Throwable> error,
            GraphProto.Builder graph,
            Limits limits,
            RunOptions options,
            Map<String, HostTensor> inputs,
            String... parts) {
        return fails(
                name,
                error,
                () -> {
                    try (Model model =
                                    Model.builder(bytes(graph)).limits(limits).load();
                            Outputs outputs = model.run(inputs, options)) {
                        outputs.get(0).toHost();
                    }
                },
                parts);
    }

    static byte[] bytes(GraphProto.Builder graph) {
        return Onnx.model(graph).build().toByteArray();
    }

    static void load(byte[] bytes) {
        Model.builder(bytes).load().close();
    }

    static void require(boolean right, String otherwise) {
        if (!right) {
            throw new AssertionError(otherwise);
        }
    }

    HostileCase within(int more) {
        return new HostileCase(name, error, parts, more, action);
    }
}
