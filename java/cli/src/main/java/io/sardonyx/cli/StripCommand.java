package io.sardonyx.cli;

import io.sardonyx.onnx.read.ModelSource;
import io.sardonyx.onnx.read.ModelStripper;
import io.sardonyx.onnx.read.ReadOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a model whose large weights are made from seeds. */
@Command(
        name = "strip",
        description =
                "Writes MODEL with every large weight replaced by a node that makes one like it from a seed: the same graph, "
                        + "valid ONNX, a small file. Every device computes the same from it, but not what MODEL computes.",
        mixinStandardHelpOptions = true)
final class StripCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "MODEL", description = "an ONNX file")
    private Path model;

    @Parameters(index = "1", paramLabel = "OUT", description = "the file to write")
    private Path out;

    @Override
    public Integer call() throws IOException {
        if (!Files.exists(model)) {
            throw new IllegalArgumentException("there is no file " + model);
        }
        if (Files.exists(out) && Files.isSameFile(model, out)) {
            throw new IllegalArgumentException("strip: OUT is MODEL, whose weights would be lost");
        }
        ModelStripper.Result result = ModelStripper.strip(ModelSource.of(model), ReadOptions.DEFAULT);
        Files.write(out, result.model());
        PrintWriter writer = spec.commandLine().getOut();
        writer.printf(
                Locale.ROOT,
                "%s: %,d bytes; %d weights of %,d bytes are made from seeds%n",
                out,
                result.model().length,
                result.weights(),
                result.bytes());
        writer.flush();
        return 0;
    }
}
