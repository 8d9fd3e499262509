package io.sardonyx.onnx.check;

import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.ModelBuilder;
import io.sardonyx.onnx.ModelException;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.UnsupportedModelException;
import io.sardonyx.onnx.graph.ValueInfo;
import io.sardonyx.onnx.read.TensorFiles;
import io.sardonyx.tensor.HostValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A folder with a model and its test data.
 *
 * @param name the folder's name below the root of the search
 */
public record CaseFolder(String name, Path folder) {
    private static final String DATA_SET = "test_data_set_";

    /** All case folders at or below {@code root}, by name. */
    public static List<CaseFolder> below(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(f -> f.getFileName().toString().equals("model.onnx"))
                    .map(Path::getParent)
                    .sorted()
                    .map(folder -> new CaseFolder(
                            (folder.equals(root) ? folder.toAbsolutePath().getFileName() : root.relativize(folder))
                                    .toString(),
                            folder))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(root + ": " + e.getMessage(), e);
        }
    }

    /** The folder's data sets, in order. */
    public List<Path> dataSets() {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(e -> e.getFileName().toString().startsWith(DATA_SET))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": " + e.getMessage(), e);
        }
    }

    /**
     * Loads the model once and runs every data set.
     *
     * @param configure how to load the model
     * @param judge if empty, the one that {@link JudgeChoice} finds for the model
     * @return one result per data set, or a single one if the model cannot be loaded
     */
    public List<CaseResult> run(UnaryOperator<ModelBuilder> configure, Optional<Judge> judge) {
        Path file = folder.resolve("model.onnx");
        List<Path> sets = dataSets();
        if (sets.isEmpty()) {
            return List.of(new CaseResult(name, CaseResult.Status.FAIL, "has no " + DATA_SET + "N", ""));
        }
        List<CaseResult> results = new ArrayList<>();
        Judge chosen = null;
        try {
            chosen = judge.isPresent() ? judge.get() : JudgeChoice.of(file);
            try (Model model = configure.apply(Model.builder(file)).load()) {
                for (Path set : sets) {
                    String caseName = sets.size() == 1 ? name : name + "/" + set.getFileName();
                    results.add(run(model, caseName, set, chosen));
                }
            }
        } catch (UnsupportedModelException e) {
            results.add(new CaseResult(name, CaseResult.Status.UNSUPPORTED, e.detail(), ""));
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            results.add(failure(name, e, chosen));
        }
        return results;
    }

    private static CaseResult run(Model model, String name, Path set, Judge judge) {
        try {
            Map<String, HostValue> inputs = new LinkedHashMap<>();
            for (int i = 0; i < model.inputs().size(); i++) {
                ValueInfo input = model.inputs().get(i);
                Path file = set.resolve("input_" + i + ".pb");
                if (Files.exists(file)) {
                    inputs.put(
                            input.name(), TensorFiles.read(file, input.type()).value());
                }
            }
            try (Outputs outputs = model.run(inputs)) {
                for (int j = 0; j < model.outputs().size(); j++) {
                    ValueInfo output = model.outputs().get(j);
                    Path file = set.resolve("output_" + j + ".pb");
                    if (!Files.exists(file)) {
                        continue;
                    }
                    HostValue expected = TensorFiles.read(file, output.type()).value();
                    Optional<String> wrong = judge.judge(outputs.value(output.name()), expected);
                    if (wrong.isPresent()) {
                        return new CaseResult(
                                name,
                                CaseResult.Status.FAIL,
                                "output " + output.name() + ": " + wrong.get(),
                                judge.toString());
                    }
                }
            }
            return new CaseResult(name, CaseResult.Status.PASS, "", judge.toString());
        } catch (UnsupportedModelException e) { // sizes that only the run told, on a device that must run all
            return new CaseResult(name, CaseResult.Status.UNSUPPORTED, e.detail(), "");
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            return failure(name, e, judge);
        }
    }

    private static CaseResult failure(String name, Throwable e, Judge judge) {
        String message = e instanceof ModelException model ? model.detail() : e.toString();
        return new CaseResult(name, CaseResult.Status.FAIL, message, judge == null ? "" : judge.toString());
    }
}
