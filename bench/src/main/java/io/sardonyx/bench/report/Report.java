package io.sardonyx.bench.report;

import io.sardonyx.bench.record.BenchmarkRecord;
import io.sardonyx.bench.record.RecordFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The records of a folder as a page.
 *
 * @param records in the order of their files' names
 * @param leftOut JSON files that are no records, each with the reason
 */
public record Report(List<Named> records, List<String> leftOut) {
    /** A record and its file's name. */
    record Named(String name, BenchmarkRecord record) {}

    /** Copies the lists. */
    public Report {
        records = List.copyOf(records);
        leftOut = List.copyOf(leftOut);
    }

    /**
     * Reads every {@code *.json} that lies in the folder itself.
     *
     * @throws IllegalArgumentException if there is no such folder, or no record in it
     */
    public static Report of(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException("there is no folder " + folder);
        }
        List<Named> records = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        for (Path file : files(folder)) {
            try {
                records.add(new Named(file.getFileName().toString(), RecordFile.read(file)));
            } catch (IllegalArgumentException e) {
                leftOut.add(e.getMessage()
                        .replace(file.toString(), file.getFileName().toString()));
            }
        }
        if (records.isEmpty()) {
            throw new IllegalArgumentException("there is no record of `bench` in " + folder
                    + leftOut.stream().findFirst().map(why -> "; " + why).orElse(""));
        }
        return new Report(records, leftOut);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".json"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
    }

    /** The page, which needs no other file and no network. */
    public String html() {
        return new Page(this).html();
    }
}
