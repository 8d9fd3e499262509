package io.sardonyx.cli;

import io.sardonyx.bench.measure.ModelPlan;
import io.sardonyx.bench.measure.ModelRun;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Npy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** How fast a model is. */
@Command(
        name = "model",
        description =
                "Measures runs of an ONNX model on inputs made up from a seed; outputs have to agree before and after.",
        footer = {
            "",
            "--axis gives symbolic dimensions, as in --axis batch=1,8 --axis sequence=128; they are 1 without it."
        },
        mixinStandardHelpOptions = true)
final class BenchModelCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "an ONNX model")
    private Path file;

    @Option(
            names = "--input",
            paramLabel = "NAME=FILE",
            description = "an input from a .npy file, instead of one made up")
    private Map<String, Path> files = new LinkedHashMap<>();

    @Option(
            names = "--starts",
            description =
                    "also the time from the file to the first output, and the peak of resident memory of a process of its own")
    private boolean starts;

    @Mixin
    private BenchOptions options;

    @Override
    public Integer call() throws IOException {
        Map<String, HostTensor> given = new LinkedHashMap<>();
        for (Map.Entry<String, Path> input : files.entrySet()) {
            given.put(input.getKey(), Npy.read(input.getValue()));
        }
        ModelPlan plan = ModelPlan.of(file, given, options.plan(List.of(), Optional.empty(), List.of()), starts);
        BenchSession session = new BenchSession(spec, options);
        return session.run(new ModelRun(plan, session.findings(), session));
    }
}
