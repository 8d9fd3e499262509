package io.sardonyx;

import static io.sardonyx.HostileCase.fails;
import static io.sardonyx.HostileCase.load;
import static io.sardonyx.HostileCase.passes;
import static io.sardonyx.HostileCase.refused;
import static io.sardonyx.HostileCase.require;
import static io.sardonyx.onnx.read.Onnx.graph;
import static io.sardonyx.onnx.read.Onnx.identity;
import static io.sardonyx.onnx.read.Onnx.model;
import static io.sardonyx.onnx.read.Onnx.node;
import static io.sardonyx.onnx.read.Onnx.raw;
import static io.sardonyx.onnx.read.Onnx.tensor;
import static io.sardonyx.onnx.read.Onnx.value;

import io.sardonyx.onnx.ExternalDataException;
import io.sardonyx.onnx.InvalidGraphException;
import io.sardonyx.onnx.InvalidShapeException;
import io.sardonyx.onnx.InvalidTensorException;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.ModelFormatException;
import io.sardonyx.onnx.ModelLimitException;
import io.sardonyx.onnx.UnsupportedModelException;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.onnx.proto.StringStringEntryProto;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.onnx.read.Onnx;
import io.sardonyx.tensor.DType;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** What must not load: rows 1 to 9 and 15 of the reliability contract. */
final class HostileReads {
    private HostileReads() {}

    static List<HostileCase> cases() {
        return Stream.of(bytes(), graphs(), functions(), tensors(), externalData(), large())
                .flatMap(s -> s)
                .toList();
    }

    private static Stream<HostileCase> bytes() {
        byte[] good = model(graph(identity("x", "y"))).build().toByteArray();
        byte[] random = new byte[4096];
        new Random(1).nextBytes(random);
        byte[] groups = new byte[2_000_000];
        Arrays.fill(groups, (byte) 0x7b); // field 15 begins a group, and in it again
        return Stream.of(
                fails("empty", ModelFormatException.class, () -> load(new byte[0]), "byte 0", "empty"),
                fails(
                        "truncated",
                        ModelFormatException.class,
                        () -> load(Arrays.copyOf(good, good.length - 3)),
                        "byte "),
                fails("random", ModelFormatException.class, () -> load(random), "byte "),
                fails("a million groups in groups", ModelLimitException.class, () -> load(groups), "Limits.depth"));
    }

    private static Stream<HostileCase> graphs() {
        ModelProto.Builder unknown = model(
                        graph(node("Foo", "x", "a").setDomain("com.acme"), node("Bar", "a", "b"), identity("b", "y"))
                                .addInput(value("q", 77, 2)))
                .setIrVersion(9999)
                .clearOpsetImport()
                .addOpsetImport(Onnx.opset("", 9999));
        return Stream.of(
                refused(
                        "cycle",
                        InvalidGraphException.class,
                        model(graph(
                                node("Add", "x b", "a").setName("first"),
                                identity("a", "b").setName("second"),
                                identity("b", "y"))),
                        "cycle: first -> second -> first"),
                refused("undefined name", InvalidGraphException.class, model(graph(identity("z", "y"))), "'z'"),
                refused(
                        "duplicate name",
                        InvalidGraphException.class,
                        model(graph(
                                identity("x", "y").setName("a"),
                                identity("x", "y").setName("b"))),
                        "node 'b'",
                        "'y' is defined twice"),
                refused(
                        "empty name",
                        InvalidGraphException.class,
                        model(graph(identity("x", "y")).addInput(value(""))),
                        "empty name"),
                refused(
                        "unknown operator, opset, domain, dtype and IR version",
                        UnsupportedModelException.class,
                        unknown,
                        "IR version 9999",
                        "opset 9999",
                        "element type 77",
                        "com.acme.Foo",
                        "Bar"));
    }

    private static Stream<HostileCase> functions() {
        ModelProto.Builder recursive = model(graph(Onnx.call("f", "x", "y")))
                .addFunctions(Onnx.function("f", "p", "q", Onnx.call("f", "p", "q")));
        return Stream.of(
                refused("function that calls itself", InvalidGraphException.class, recursive, "circle", "local.f"),
                refused(
                        "chain of 3000 functions",
                        ModelLimitException.class,
                        Onnx.chain(3000, 1),
                        "3000 levels",
                        "Limits.depth"),
                refused(
                        "24 functions that call the next twice",
                        ModelLimitException.class,
                        Onnx.chain(24, 2),
                        "16777216 nodes",
                        "Limits.nodes"));
    }

    private static HostileCase badTensor(
            String name, Class<? extends Throwable> error, TensorProto.Builder tensor, String... parts) {
        return refused(name, error, model(graph(identity("x", "y")).addInitializer(tensor)), parts);
    }

    private static Stream<HostileCase> tensors() {
        return Stream.of(
                badTensor(
                        "sizes that overflow",
                        InvalidShapeException.class,
                        raw("w", DType.FLOAT32, 4, 1L << 40, 1L << 40),
                        "'w'",
                        "overflows 64 bits"),
                badTensor(
                        "empty, and sizes that overflow",
                        InvalidShapeException.class,
                        raw("w", DType.FLOAT32, 0, 1L << 32, 1L << 32),
                        "overflows 64 bits"),
                badTensor("negative size", InvalidShapeException.class, raw("w", DType.FLOAT32, 4, -1), "negative"),
                badTensor(
                        "raw data too short",
                        InvalidTensorException.class,
                        raw("w", DType.FLOAT32, 7, 2),
                        "expected 8 bytes for float32[2], found 7 bytes"),
                badTensor(
                        "raw data too long",
                        InvalidTensorException.class,
                        raw("w", DType.FLOAT32, 12, 2),
                        "expected 8 bytes for float32[2], found 12 bytes"),
                badTensor(
                        "two data fields",
                        InvalidTensorException.class,
                        raw("w", DType.FLOAT32, 8, 2).addFloatData(1).addFloatData(2),
                        "expected one data field"));
    }

    private static Stream<HostileCase> externalData() {
        return Stream.of(
                external("..", "'..' leads outside", "location", "../secret"),
                external(".. on the way", "'..' leads outside", "location", "a/../../secret"),
                external("absolute path", "not a relative path", "location", "/etc/passwd"),
                external("symbolic link", "a symbolic link", "location", "link"),
                external("hard link", "2 hard links", "location", "hard"),
                external("folder", "not a regular file", "location", "a"),
                external("missing file", "no such file", "location", "missing"),
                external("past the end", "of a file of 16", "location", "weights", "offset", "12"),
                external("negative offset", "'-4' is not a number of bytes", "location", "weights", "offset", "-4"),
                external("huge length", "expected 8", "location", "weights", "length", "4611686018427387904"),
                external("memory address", "no file", "location", "*/_ORT_MEM_ADDR_/*"),
                external("unknown key", "unknown key", "location", "weights", "prefix", "x"),
                refused(
                        "external data of bytes",
                        ExternalDataException.class,
                        externalModel("location", "weights"),
                        "no folder"));
    }

    private static HostileCase external(String name, String part, String... keysAndValues) {
        return fails(
                "external data: " + name,
                ExternalDataException.class,
                () -> {
                    Path outside = Files.createTempDirectory(Path.of("").toAbsolutePath(), "outside");
                    Path folder =
                            Files.createDirectories(outside.resolve("model/a")).getParent();
                    Files.write(outside.resolve("secret"), new byte[16]);
                    Files.write(folder.resolve("weights"), new byte[16]);
                    Files.createSymbolicLink(folder.resolve("link"), outside.resolve("secret"));
                    Files.createLink(folder.resolve("hard"), outside.resolve("secret"));
                    Model.load(Files.write(
                                    folder.resolve("m.onnx"),
                                    externalModel(keysAndValues).build().toByteArray()))
                            .close();
                },
                "m.onnx",
                part);
    }

    private static ModelProto.Builder externalModel(String... keysAndValues) {
        TensorProto.Builder tensor = tensor("w", DType.FLOAT32, 2).setDataLocation(1);
        for (int i = 0; i < keysAndValues.length; i += 2) {
            tensor.addExternalData(
                    StringStringEntryProto.newBuilder().setKey(keysAndValues[i]).setValue(keysAndValues[i + 1]));
        }
        return model(graph(node("Add", "x w", "y")).addInitializer(tensor));
    }

    private static Stream<HostileCase> large() {
        return Stream.of(passes("a chain of 300,000 nodes loads in linear time", () -> {
                    GraphProto.Builder chain = graph();
                    int nodes = 300_000;
                    for (int i = 0; i < nodes; i++) {
                        chain.addNode(node("Relu", i == 0 ? "x" : "v" + i, i == nodes - 1 ? "y" : "v" + (i + 1)));
                    }
                    byte[] bytes = model(chain).build().toByteArray();
                    // The aim is 3 s on an idle machine; a busy one takes a few times that, quadratic work minutes.
                    long millis = millisToLoad(bytes);
                    require(millis < 30_000, "took " + millis + " ms of this thread");
                })
                .within(120));
    }

    /** Counts this thread's own time, not what the machine does besides. */
    private static long millisToLoad(byte[] model) {
        var threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        load(model);
        return (threads.getCurrentThreadCpuTime() - start) / 1_000_000;
    }
}
