package io.sardonyx;

import static io.sardonyx.HostileCase.bytes;
import static io.sardonyx.HostileCase.fails;
import static io.sardonyx.HostileCase.passes;
import static io.sardonyx.HostileCase.require;
import static io.sardonyx.HostileCase.stopped;
import static io.sardonyx.HostileRuns.LIMITS;
import static io.sardonyx.HostileRuns.longs;
import static io.sardonyx.HostileRuns.oneNode;
import static io.sardonyx.HostileRuns.scalar;
import static io.sardonyx.onnx.read.Onnx.attribute;
import static io.sardonyx.onnx.read.Onnx.body;
import static io.sardonyx.onnx.read.Onnx.identity;
import static io.sardonyx.onnx.read.Onnx.node;
import static io.sardonyx.onnx.read.Onnx.tensor;
import static io.sardonyx.onnx.read.Onnx.unshaped;
import static io.sardonyx.onnx.read.Onnx.value;

import io.sardonyx.device.Devices;
import io.sardonyx.device.OutOfMemoryException;
import io.sardonyx.device.ReferenceDevice;
import io.sardonyx.device.RunStoppedException;
import io.sardonyx.onnx.Cancellation;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.ModelLimitException;
import io.sardonyx.onnx.RunOptions;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.Tensor;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Runs that take more memory or time than they may: rows 13, 14 and 18 of the reliability contract. */
final class HostileLimits {
    private HostileLimits() {}

    static List<HostileCase> cases() {
        return Stream.concat(memory(), endless()).toList();
    }

    private static Stream<HostileCase> memory() {
        GraphProto.Builder huge = body(
                        node(
                                "ConstantOfShape",
                                "a",
                                "ones",
                                attribute("value", tensor("", DType.FLOAT32, 1).addFloatData(1))),
                        node("Add", "ones ones", "y"))
                .addInput(value("a", DType.INT64.code(), 2))
                .addOutput(unshaped("y", DType.FLOAT32));
        GraphProto.Builder constant = huge.clone()
                .clearInput()
                .addInitializer(tensor("a", DType.INT64, 2).addInt64Data(50_000).addInt64Data(50_000));
        HostTensor million = longs(1_000_000, 1_000_000);
        return Stream.of(
                tooLarge("ConstantOfShape of 50,000 x 50,000 and Add", huge, Map.of("a", longs(50_000, 50_000))),
                tooLarge("the same, of a constant shape", constant, Map.of()),
                stopped(
                        "a Loop that doubles a tensor",
                        ModelLimitException.class,
                        doubling(),
                        LIMITS.memory(16 << 20),
                        RunOptions.DEFAULT,
                        turns(100),
                        "Limits.memory"),
                stopped(
                        "a Loop that collects outputs without end",
                        OutOfMemoryException.class,
                        collecting(),
                        LIMITS,
                        RunOptions.DEFAULT,
                        turns(1_000_000),
                        "no memory"),
                expands("Expand", node("Expand", "a b", "y"), scalar(1), million),
                expands("Tile", node("Tile", "a b", "y"), HostTensor.of(Shape.of(1, 1), 1f), million),
                expands("Pad", node("Pad", "a b", "y"), HostTensor.of(Shape.of(1), 1f), longs(0, 1L << 40)),
                expands("Range", node("Range", "a b c", "y"), scalar(0), scalar(1e9f), scalar(0.01f)),
                fails(
                        "more memory than there is",
                        OutOfMemoryException.class,
                        () -> {
                            if (Devices.best() == ReferenceDevice.INSTANCE) { // whose memory is Java's
                                throw new OutOfMemoryException(new OutOfMemoryError());
                            }
                            Devices.best().allocate(1L << 50);
                        },
                        "no memory"),
                passes("after it the device works", () -> {
                    try (Tensor x = Tensor.of(new float[] {1, 2}, 2);
                            Tensor y = x.add(x)) {
                        require(y.toFloatArray()[1] == 4, "wrong");
                    }
                }));
    }

    private static HostileCase expands(String name, NodeProto.Builder node, HostTensor... inputs) {
        Map<String, HostTensor> given = new LinkedHashMap<>();
        return tooLarge("huge " + name, oneNode(node, given, inputs), given);
    }

    private static HostileCase tooLarge(String name, GraphProto.Builder graph, Map<String, HostTensor> inputs) {
        return stopped(
                name, ModelLimitException.class, graph, LIMITS, RunOptions.DEFAULT, inputs, "Limits.memory", "allowed");
    }

    private static Stream<HostileCase> endless() {
        GraphProto.Builder loop = loop();
        Map<String, HostTensor> turns = turns(Long.MAX_VALUE / 2);
        RunOptions soon = RunOptions.timeout(Duration.ofMillis(300));
        return Stream.of(
                stopped("Loop past its deadline", RunStoppedException.class, loop, LIMITS, soon, turns, "deadline"),
                stopped(
                        "Loop past its limit",
                        ModelLimitException.class,
                        loop,
                        LIMITS.iterations(1000),
                        RunOptions.DEFAULT,
                        turns,
                        "Limits.iterations",
                        "1000"),
                fails(
                        "Loop cancelled by another thread",
                        RunStoppedException.class,
                        () -> {
                            Cancellation cancellation = new Cancellation();
                            soon(cancellation::cancel);
                            runLoop(loop, turns, RunOptions.DEFAULT.cancellation(cancellation));
                        },
                        "cancelled"),
                fails(
                        "Loop whose thread is interrupted",
                        RunStoppedException.class,
                        () -> {
                            soon(Thread.currentThread()::interrupt);
                            try {
                                runLoop(loop, turns, RunOptions.DEFAULT);
                            } finally {
                                require(Thread.interrupted(), "the interrupt is lost");
                            }
                        },
                        "cancelled"));
    }

    private static void runLoop(GraphProto.Builder loop, Map<String, HostTensor> inputs, RunOptions options) {
        try (Model model = Model.builder(bytes(loop)).load()) {
            model.run(inputs, options).close();
        }
    }

    private static void soon(Runnable action) {
        new Thread(() -> {
                    try {
                        Thread.sleep(300);
                        action.run();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                })
                .start();
    }

    private static Map<String, HostTensor> turns(long count) {
        return Map.of("trips", HostTensor.of(Shape.SCALAR, count));
    }

    /** Adds 1 as often as {@code trips} says. */
    private static GraphProto.Builder loop() {
        return loop("y", node("Add", "sum one", "next"));
    }

    private static GraphProto.Builder doubling() {
        return loop("y", node("Concat", "sum sum", "next", attribute("axis", 0)));
    }

    /** Keeps 8 MB of each turn. */
    private static GraphProto.Builder collecting() {
        var shape = tensor("", DType.INT64, 1).addInt64Data(2_000_000);
        return loop(
                "last y",
                identity("sum", "next"),
                node("Constant", "", "shape", attribute("value", shape)),
                node("Expand", "sum shape", "collected"));
    }

    /** A Loop over {@code sum}, at first [1], whose body gives {@code next} and perhaps {@code collected}. */
    private static GraphProto.Builder loop(String outputs, NodeProto.Builder... nodes) {
        GraphProto.Builder turn = body(nodes)
                .addNode(identity("go", "more"))
                .addInput(value("turn", DType.INT64.code()))
                .addInput(value("go", DType.BOOL.code()))
                .addInput(unshaped("sum", DType.FLOAT32))
                .addOutput(value("more", DType.BOOL.code()))
                .addOutput(unshaped("next", DType.FLOAT32));
        if (outputs.contains(" ")) {
            turn.addOutput(unshaped("collected", DType.FLOAT32));
        }
        return body(node("Loop", "trips _ one", outputs, attribute("body", turn)))
                .addInitializer(tensor("one", DType.FLOAT32, 1).addFloatData(1))
                .addInput(value("trips", DType.INT64.code()))
                .addOutput(unshaped("y", DType.FLOAT32));
    }
}
