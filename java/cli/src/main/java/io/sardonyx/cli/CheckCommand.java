package io.sardonyx.cli;

import io.sardonyx.onnx.check.CaseFolder;
import io.sardonyx.onnx.check.CaseResult;
import io.sardonyx.onnx.check.Judge;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs every ONNX test folder below some folders. */
@Command(
        name = "check",
        description =
                "Runs every ONNX test folder (model.onnx beside test_data_set_N) below DIR and compares the outputs.",
        footer = {
            "",
            "Without --rtol, --atol or --cosine the judge follows the model: quantised operators: cosine >= 0.99; float16",
            "weights: cosine >= 0.999 (both with finite values and a norm ratio within 0.9 and 1.1); else rtol 1e-3, atol 1e-4."
        },
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions options;

    @Parameters(paramLabel = "DIR", arity = "1..*", description = "folders to search")
    private List<Path> folders;

    @Option(names = "--rtol", description = "relative tolerance of an element")
    private Optional<Double> rtol = Optional.empty();

    @Option(names = "--atol", description = "absolute tolerance of an element")
    private Optional<Double> atol = Optional.empty();

    @Option(names = "--cosine", description = "least cosine between an output and what is expected")
    private Optional<Double> cosine = Optional.empty();

    @Option(names = "--filter", paramLabel = "REGEX", description = "only cases whose name contains a match")
    private Pattern filter = Pattern.compile("");

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        List<CaseFolder> cases = new ArrayList<>();
        for (Path folder : folders) {
            if (!Files.isDirectory(folder)) {
                throw new IllegalArgumentException("there is no folder " + folder);
            }
            CaseFolder.below(folder).stream()
                    .filter(c -> filter.matcher(c.name()).find())
                    .forEach(cases::add);
        }
        List<CaseResult> results = new ArrayList<>();
        try (Progress progress = Progress.of(cases.size())) {
            for (CaseFolder c : cases) {
                progress.next(c.name());
                for (CaseResult result : c.run(options::configure, judge())) {
                    results.add(result);
                    if (!json) {
                        progress.clear();
                        out.println(result + (result.judge().isEmpty() ? "" : "  [" + result.judge() + "]"));
                        out.flush();
                    }
                }
            }
        }
        if (json) {
            out.println(Json.of(results));
        } else {
            out.println(count(results, CaseResult.Status.PASS) + " passed, "
                    + count(results, CaseResult.Status.FAIL) + " failed, "
                    + count(results, CaseResult.Status.UNSUPPORTED) + " unsupported");
        }
        out.flush();
        boolean refused = options.isDeviceRequired() && count(results, CaseResult.Status.UNSUPPORTED) > 0;
        return count(results, CaseResult.Status.FAIL) == 0 && !refused ? 0 : 1;
    }

    private Optional<Judge> judge() {
        if (cosine.isPresent()) {
            return Optional.of(new Judge.Cosine(cosine.get()));
        }
        return rtol.isPresent() || atol.isPresent()
                ? Optional.of(new Judge.Elementwise(rtol.orElse(1e-3), atol.orElse(1e-4)))
                : Optional.empty();
    }

    private static long count(List<CaseResult> results, CaseResult.Status status) {
        return results.stream().filter(r -> r.status() == status).count();
    }
}
