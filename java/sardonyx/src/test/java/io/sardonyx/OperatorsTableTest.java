package io.sardonyx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sardonyx.op.Operators;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code OPERATORS.md} is what the registry says; {@code -Dsardonyx.rewrite} writes it again. */
class OperatorsTableTest {
    private static final Path FILE = Path.of(System.getProperty("sardonyx.root", "../.."), "OPERATORS.md");

    private static final Map<String, String> DOMAINS = new LinkedHashMap<>();

    static {
        DOMAINS.put(Operators.ONNX, "ai.onnx, opsets 1 to " + Operators.NEWEST_OPSET);
        DOMAINS.put(Operators.ML, Operators.ML);
        DOMAINS.put(Operators.PREVIEW, Operators.PREVIEW);
        DOMAINS.put(Operators.TRAINING, Operators.TRAINING);
        DOMAINS.put(Operators.MICROSOFT, Operators.MICROSOFT);
        DOMAINS.put(Operators.SARDONYX, Operators.SARDONYX + ", made by our own rewrites");
    }

    @Test
    void tableSaysWhatTheRegistrySays() throws IOException {
        String now = table();
        if (System.getProperty("sardonyx.rewrite") != null) {
            Files.writeString(FILE, now);
        }
        assertEquals(
                now,
                Files.exists(FILE) ? Files.readString(FILE) : "",
                "OPERATORS.md is stale; write it again with: mvn -q -pl java/sardonyx -am test -Dnatives.skip"
                        + " -Dtest=OperatorsTableTest -Dsurefire.failIfNoSpecifiedTests=false -Dsardonyx.rewrite");
    }

    /** A name without a line would fail when a model uses it, a line without a name would never be reached. */
    @Test
    void eachNameHasALineAndEachLineAName() throws IOException {
        SortedSet<String> lines = new TreeSet<>();
        Pattern line = Pattern.compile("case (?:(\\w+) \\+ \"\\.)?\"?(\\w+)\" -> ");
        Path source = FILE.resolveSibling("java/core/src/main/java/io/sardonyx/op/Operators.java");
        for (Matcher m = line.matcher(Files.readString(source)); m.find(); ) {
            lines.add((m.group(1) == null ? "ONNX" : m.group(1)) + " " + m.group(2));
        }
        SortedSet<String> names = new TreeSet<>();
        Map.of(
                        "ONNX", Operators.ONNX,
                        "ML", Operators.ML,
                        "PREVIEW", Operators.PREVIEW,
                        "TRAINING", Operators.TRAINING,
                        "MICROSOFT", Operators.MICROSOFT,
                        "SARDONYX", Operators.SARDONYX)
                .forEach((constant, domain) ->
                        Operators.names(domain).forEach(name -> names.add(constant + " " + name)));
        assertEquals(names, lines);
    }

    private static String table() {
        StringBuilder text = new StringBuilder(
                """
                # Operators

                Written by `OperatorsTableTest` from the registry, `java/core/src/main/java/io/sardonyx/op/Operators.java`. Operators that a
                model defines itself, as functions, need not be here.
                """);
        DOMAINS.forEach((domain, title) -> {
            SortedSet<String> names = Operators.names(domain);
            if (names.isEmpty()) {
                return;
            }
            text.append("\n## ").append(title).append(": ").append(names.size()).append("\n\n| | |\n|---|---|\n");
            names.stream()
                    .collect(
                            Collectors.groupingBy(name -> name.substring(0, 1), TreeMap::new, Collectors.joining(", ")))
                    .forEach((letter, all) -> text.append("| ")
                            .append(letter)
                            .append(" | ")
                            .append(all)
                            .append(" |\n"));
        });
        return text.toString();
    }
}
