package io.sardonyx.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of classes out of a file: one a line, or Python's <code>{0: 'tench, Tinca tinca',</code> as ImageNet's are passed around. */
record Labels(Path file, List<String> names) {
    private static final Pattern NUMBERED = Pattern.compile("\\{?\\s*(\\d+):\\s*(['\"])(.*)\\2\\s*[,}]*");

    static Labels read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("there is no file " + file);
        }
        List<String> names = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                Matcher numbered = NUMBERED.matcher(line.strip());
                if (numbered.matches() && Integer.parseInt(numbered.group(1)) == names.size()) {
                    names.add(numbered.group(3));
                } else if (!line.isBlank()) {
                    names.add(line.strip());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read as labels: " + e.getMessage(), e);
        }
        return new Labels(file, List.copyOf(names));
    }

    /** @throws IllegalArgumentException unless there is one for each of so many classes */
    Labels require(long classes) {
        if (names.size() != classes) {
            throw new IllegalArgumentException(file + " names " + names.size() + " classes, the model has " + classes);
        }
        return this;
    }

    String name(int index) {
        return names.get(index);
    }
}
