package io.sardonyx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.onnx.proto.AttributeProto;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.onnx.proto.OperatorSetIdProto;
import io.sardonyx.onnx.proto.TensorShapeProto;
import io.sardonyx.onnx.proto.TypeProto;
import io.sardonyx.onnx.proto.ValueInfoProto;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java samples of the README, compiled and run as they stand there, each in a JVM whose folder holds {@code model.onnx}. */
class ReadmeTest {
    private static final Pattern SAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path folder;

    @Test
    void samplesRun() throws IOException, InterruptedException {
        String readme = Files.readString(Path.of(System.getProperty("sardonyx.root", "../.."), "README.md"));
        List<String> samples =
                SAMPLE.matcher(readme).results().map(m -> m.group(1)).toList();
        assertEquals(2, samples.size());
        Files.write(folder.resolve("model.onnx"), classifier().toByteArray());
        String output = run("Load", samples.get(0));
        assertTrue(output.contains("float32[1, 3]") && output.contains("class 1"), output);
        assertTrue(run("Tensors", samples.get(1)).contains("5.5"), "the mean of 5 and 6");
    }

    private String run(String name, String sample) throws IOException, InterruptedException {
        Path source = Files.writeString(
                folder.resolve(name + ".java"),
                """
                import io.sardonyx.onnx.*;
                import io.sardonyx.tensor.*;
                import java.nio.file.Path;
                import java.util.Map;

                final class %s {
                    public static void main(String[] args) {
                        %s
                    }
                }
                """
                        .formatted(name, sample));
        StringWriter messages = new StringWriter();
        boolean compiled = ToolProvider.getSystemJavaCompiler()
                .getTask(
                        messages,
                        null,
                        null,
                        List.of("-proc:none", "-cp", ChildJvm.classPath(), "-d", folder.toString()),
                        null,
                        ToolProvider.getSystemJavaCompiler()
                                .getStandardFileManager(null, null, null)
                                .getJavaFileObjects(source))
                .call();
        assertTrue(compiled, messages.toString());
        ChildJvm.Result result =
                new ChildJvm(folder).run(120, folder + File.pathSeparator + ChildJvm.classPath(), name);
        assertEquals(0, result.status(), result.toString());
        return result.toString();
    }

    /** The mean of each channel, and what stands out is raised: class 1 wins. */
    private static ModelProto classifier() {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName("classifier")
                .addInput(float32("image", 1, 3, 224, 224))
                .addOutput(float32("scores", 1, 3))
                .addNode(node("GlobalAveragePool", "image", "means"))
                .addNode(node("Flatten", "means", "flat"))
                .addNode(node("Constant", "", "bias")
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("value_floats")
                                .setType(6)
                                .addFloats(0)
                                .addFloats(7)
                                .addFloats(0)))
                .addNode(node("Add", "flat bias", "scores"));
        return ModelProto.newBuilder()
                .setIrVersion(10)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(graph)
                .build();
    }

    private static NodeProto.Builder node(String opType, String inputs, String output) {
        NodeProto.Builder node = NodeProto.newBuilder().setOpType(opType).addOutput(output);
        Stream.of(inputs.split(" ")).filter(i -> !i.isEmpty()).forEach(node::addInput);
        return node;
    }

    private static ValueInfoProto.Builder float32(String name, long... sizes) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long size : sizes) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(
                                TypeProto.Tensor.newBuilder().setElemType(1).setShape(shape)));
    }
}
