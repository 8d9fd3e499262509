package io.sardonyx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.onnx.read.Onnx;
import io.sardonyx.tensor.DType;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
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
        Files.write(folder.resolve("model.onnx"), classifier());
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

    /** The mean of each channel, of which class 1 has 7 more: it wins. */
    private static byte[] classifier() {
        return Onnx.model(Onnx.body(
                                Onnx.node("GlobalAveragePool", "image", "means"),
                                Onnx.node("Flatten", "means", "flat"),
                                Onnx.node("Add", "flat bias", "scores"))
                        .addInput(Onnx.value("image", DType.FLOAT32.code(), 1, 3, 224, 224))
                        .addInitializer(Onnx.tensor("bias", DType.FLOAT32, 3)
                                .addFloatData(0)
                                .addFloatData(7)
                                .addFloatData(0))
                        .addOutput(Onnx.value("scores", DType.FLOAT32.code(), 1, 3)))
                .build()
                .toByteArray();
    }
}
