package io.sardonyx.cli;

import io.sardonyx.bench.ChildFailedException;
import io.sardonyx.bench.measure.Findings;
import io.sardonyx.bench.measure.Listener;
import io.sardonyx.bench.measure.Machine;
import io.sardonyx.bench.measure.Measuring;
import io.sardonyx.bench.measure.ResultCsv;
import io.sardonyx.bench.measure.ResultTable;
import io.sardonyx.bench.record.BenchmarkRecord;
import io.sardonyx.bench.record.Measurement;
import io.sardonyx.bench.record.RecordFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Prints lines as they come and writes the files at the end; also if the user interrupts, or something turns out to be wrong: then with the
 * lines that were done.
 */
final class BenchSession implements Listener {
    private static final int NOTHING = 1; // of what was asked for is there
    private static final long PATIENCE_MILLIS = 500;
    private static final int INTERRUPTED = 130; // as shells say it

    private final BenchOptions options;
    private final ResultTable table;
    private final Findings findings;
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final Progress progress = Progress.of(0);

    BenchSession(CommandSpec spec, BenchOptions options) {
        this.options = options;
        this.table = new ResultTable(spec.commandLine().getOut());
        String command = "sardonyx "
                + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
        this.findings = new Findings(Machine.provenance(command, options.seed()));
    }

    Findings findings() {
        return findings;
    }

    /** The exit code. */
    int run(Measuring run) {
        Thread hook = new Thread(() -> {
            interrupted.countDown();
            run.kill();
            write();
        });
        Runtime.getRuntime().addShutdownHook(hook);
        table.title(findings.record().provenance());
        try {
            run.run();
            progress.close();
            BenchmarkRecord record = findings.record();
            table.end(record);
            return record.measurements().isEmpty() ? NOTHING : 0;
        } catch (RuntimeException e) {
            progress.close();
            if (!isInterrupted(e)) {
                throw e;
            }
            return INTERRUPTED; // its processes are gone, which is no news
        } finally {
            finish(hook);
        }
    }

    /** Ctrl-C reaches the processes of contenders as soon as this one. */
    private boolean isInterrupted(RuntimeException failure) {
        try {
            return interrupted.await(
                    failure instanceof ChildFailedException ? PATIENCE_MILLIS : 0, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void finish(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
            write();
        } catch (IllegalStateException e) {
            // The hook runs, and writes.
        }
    }

    private void write() {
        BenchmarkRecord record = findings.record();
        try {
            Optional<Path> json = options.json();
            if (json.isPresent()) {
                RecordFile.write(json.get(), record);
            }
            Optional<Path> csv = options.csv();
            if (csv.isPresent()) {
                Files.writeString(csv.get(), ResultCsv.text(record.measurements()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void point(int number, int of, String what) {
        progress.at(number, of, what);
    }

    @Override
    public void measured(Measurement measurement) {
        progress.clear();
        table.line(measurement);
    }
}
