package io.sardonyx.cli;

import io.sardonyx.bench.report.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A page about records. */
@Command(
        name = "report",
        description =
                "Writes one HTML page about all records of a folder: rooflines, speed-ups, sweeps, and all numbers.",
        mixinStandardHelpOptions = true)
final class BenchReportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "the folder with *.json that `bench --json` wrote")
    private Path folder;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "the page, which needs no other file (default ${DEFAULT-VALUE})")
    private Path out = Path.of("report.html");

    @Override
    public Integer call() throws IOException {
        Report report = Report.of(folder);
        Files.writeString(out, report.html());
        PrintWriter text = spec.commandLine().getOut();
        report.leftOut().forEach(why -> text.println("left out: " + why));
        int count = report.records().size();
        text.println(out + ": " + count + (count == 1 ? " record" : " records"));
        text.flush();
        return 0;
    }
}
