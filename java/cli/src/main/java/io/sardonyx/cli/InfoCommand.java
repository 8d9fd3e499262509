package io.sardonyx.cli;

import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.ModelReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What a model is, without loading it. */
@Command(
        name = "info",
        description = "Shows a model's inputs, outputs, opsets, operators, and everything it needs that is missing.",
        mixinStandardHelpOptions = true)
final class InfoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "an ONNX file")
    private Path file;

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Override
    public Integer call() {
        ModelReport report = Model.inspect(file);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.of(new Printed(report)));
        } else {
            print(report, out);
        }
        out.flush();
        return report.unsupported().isEmpty() ? 0 : 1;
    }

    private static void print(ModelReport report, PrintWriter out) {
        out.println("model       " + report.info().source());
        out.println(
                "producer    " + report.info().producer() + " " + report.info().producerVersion());
        out.println("IR, opsets  " + report.info().irVersion() + ", "
                + report.info().opsets().entrySet().stream()
                        .map(e -> (e.getKey().isEmpty() ? "ai.onnx" : e.getKey()) + " " + e.getValue())
                        .collect(Collectors.joining(", ")));
        report.info().metadata().forEach((key, value) -> out.println("metadata    " + key + " = " + value));
        report.inputs().forEach(v -> out.println("input       " + v));
        report.outputs().forEach(v -> out.println("output      " + v));
        out.printf(
                Locale.ROOT,
                "weights     %,d values, %.1f MiB%n",
                report.parameters(),
                report.parameterBytes() / (double) (1 << 20));
        out.println("nodes       " + report.nodes() + ": "
                + report.operators().entrySet().stream()
                        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                        .map(e -> e.getKey() + " " + e.getValue())
                        .collect(Collectors.joining(", ")));
        report.unsupported().forEach(item -> out.println("missing     " + item));
    }

    /** The report with types as text, for programs. */
    private record Printed(
            Object info,
            Map<String, String> inputs,
            Map<String, String> outputs,
            Map<String, Long> operators,
            Object unsupported,
            long parameters,
            long parameterBytes) {
        Printed(ModelReport report) {
            this(
                    report.info(),
                    types(report.inputs()),
                    types(report.outputs()),
                    report.operators(),
                    report.unsupported(),
                    report.parameters(),
                    report.parameterBytes());
        }

        private static Map<String, String> types(Iterable<io.sardonyx.onnx.graph.ValueInfo> values) {
            Map<String, String> types = new java.util.LinkedHashMap<>();
            values.forEach(v -> types.put(v.name(), v.type().toString()));
            return types;
        }
    }
}
