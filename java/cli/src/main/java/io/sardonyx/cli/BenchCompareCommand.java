package io.sardonyx.cli;

import io.sardonyx.bench.compare.Comparison;
import io.sardonyx.bench.compare.Threshold;
import io.sardonyx.bench.compare.Verdict;
import io.sardonyx.bench.record.RecordFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Whether a second record is faster or slower than a first. */
@Command(
        name = "compare",
        description = "Says for each line of two records whether the second is SAME, FASTER, SLOWER, or UNSURE.",
        footer = {
            "",
            "SAME: the whole interval lies within the threshold. FASTER, SLOWER: the interval lies on one side of 1, the ratio beyond"
                    + " the threshold. Exits with 0; with 1 if a line is SLOWER; with 2 if the records do not compare."
        },
        mixinStandardHelpOptions = true)
final class BenchCompareCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "A.json", description = "the record to compare with")
    private Path before;

    @Parameters(index = "1", paramLabel = "B.json", description = "the record of what is new")
    private Path after;

    @Option(
            names = "--threshold",
            paramLabel = "PERCENT",
            description = "the smallest difference that counts (default ${DEFAULT-VALUE})")
    private double threshold = 100 * Threshold.USUAL.part();

    @Option(names = "--json", paramLabel = "FILE", description = "also writes the verdicts there")
    private Optional<Path> json = Optional.empty();

    @Override
    public Integer call() throws IOException {
        Comparison comparison;
        try {
            comparison = Comparison.of(RecordFile.read(before), RecordFile.read(after), new Threshold(threshold / 100));
        } catch (IllegalArgumentException e) {
            return ComparisonStatus.refused(spec.commandLine().getErr(), e.getMessage());
        } catch (NoSuchFileException e) {
            return ComparisonStatus.refused(spec.commandLine().getErr(), "there is no file " + e.getMessage());
        }
        ComparisonTable table = new ComparisonTable(comparison);
        table.print(spec.commandLine().getOut());
        if (json.isPresent()) {
            Files.writeString(json.get(), table.json(before.toString(), after.toString()) + "\n");
        }
        return ComparisonStatus.of(comparison.count(Verdict.SLOWER) > 0);
    }
}
