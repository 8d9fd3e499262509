package io.sardonyx.selftest;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Everything that a device has to show, step by step, each with a time limit; under eight minutes in all. */
@Command(
        name = "selftest",
        description = "Checks a device: its primitives, all operator tests, models; then measures how fast it is.",
        footer = {
            "",
            "DIR gets STEP.jsonl, an object a line, as the step goes on, STEP.log, and selftest.json with what each step came to.",
            "Exit status 1 if a case failed or a step did not come to its end."
        },
        mixinStandardHelpOptions = true)
final class SelftestCommand implements Callable<Integer> {
    /** Tools of compute-sanitizer. */
    enum Sanitizer {
        memcheck,
        racecheck,
        synccheck
    }

    @Spec
    private CommandSpec spec;

    @Option(names = "--device", paramLabel = "NAME", description = "the device (default ${DEFAULT-VALUE})")
    private String device = "cuda:0";

    @Option(
            names = "--only",
            paramLabel = "STEP",
            split = ",",
            description = "some steps alone: ${COMPLETION-CANDIDATES} (any case)")
    private List<Step> only = List.of(Step.values());

    @Option(names = "--out", paramLabel = "DIR", description = "where to write results as JSON")
    private Optional<Path> out = Optional.empty();

    @Option(names = "--filter", paramLabel = "REGEX", description = "only cases whose name contains a match")
    private Pattern filter = Pattern.compile("");

    @Option(names = "--limit", paramLabel = "STEP=SECONDS", description = "another time limit for a step")
    private Map<Step, Integer> limits = new EnumMap<>(Step.class);

    @Option(
            names = "--sanitize",
            paramLabel = "TOOL",
            description = "run the operator tests under this host's compute-sanitizer: ${COMPLETION-CANDIDATES}")
    private Optional<Sanitizer> sanitizer = Optional.empty();

    @Override
    public Integer call() throws IOException {
        PrintWriter terminal = spec.commandLine().getOut();
        if (out.isPresent()) {
            Files.createDirectories(out.get());
        }
        Provenance provenance = new Provenance(commandLine());
        List<Report.Summary> summaries = new ArrayList<>();
        long start = System.nanoTime();
        for (Step step : sanitizer.isPresent() ? List.of(Step.OPERATORS) : only) {
            summaries.add(run(step, limit(step, start), provenance, terminal));
            writeSummary(provenance, summaries);
        }
        terminal.println();
        summaries.forEach(terminal::println);
        terminal.flush();
        return summaries.stream().allMatch(Report.Summary::good) ? 0 : 1;
    }

    private List<String> commandLine() {
        return spec.root().commandLine().getParseResult().originalArgs();
    }

    /** The last step has what is left of the time for all. */
    private int limit(Step step, long start) {
        long passed = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
        int usual = step == Step.CONV
                ? (int) Math.max(step.limitSeconds(), Step.ALL_SECONDS - passed)
                : step.limitSeconds();
        return limits.getOrDefault(step, usual);
    }

    private Report.Summary run(Step step, int limit, Provenance provenance, PrintWriter terminal) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(limit);
        terminal.printf("%-10s begins, for at most %d s%n", step.key(), limit);
        terminal.flush();
        try (Report report = new Report(step, out, provenance, terminal)) {
            Optional<Path> tool = Host.cudaTool("compute-sanitizer");
            if (sanitizer.isPresent() && tool.isEmpty()) {
                report.stopped(
                        "there is no compute-sanitizer on this machine, neither on the path nor below CUDA_HOME");
                return report.summary();
            }
            List<String> prefix = sanitizer
                    .map(s -> List.of(tool.orElseThrow().toString(), "--tool", s.name(), "--error-exitcode", "9"))
                    .orElse(List.of());
            new StepRunner(done -> worker(step, prefix, done, end), limit, step.caseSeconds(), report).run();
            if (step == Step.PRIMITIVES && device.startsWith("cuda:")) {
                report.add((JsonObject) Worker.JSON.toJsonTree(Sass.check()));
            }
            return report.summary();
        }
    }

    /**
     * @param prefix a command to run the process under
     * @param end of the step, in nanoseconds
     */
    private List<String> worker(Step step, List<String> prefix, int done, long end) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(Jvm.command(Worker.class));
        command.addAll(List.of(step.name(), device, Integer.toString(done), filter.pattern()));
        command.add(Long.toString(Math.max(0, TimeUnit.NANOSECONDS.toSeconds(end - System.nanoTime()))));
        return command;
    }

    private void writeSummary(Provenance provenance, List<Report.Summary> summaries) throws IOException {
        if (out.isPresent()) {
            Map<String, Object> all = new LinkedHashMap<>(provenance.all());
            all.put("steps", summaries);
            Files.writeString(out.get().resolve("selftest.json"), Worker.JSON.toJson(all) + "\n");
        }
    }
}
