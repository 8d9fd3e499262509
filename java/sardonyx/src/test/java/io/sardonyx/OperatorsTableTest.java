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

    private static final Path REGISTRY = FILE.resolveSibling("java/core/src/main/java/io/sardonyx/op/Operators.java");

    /** A line of the registry: the constant of a domain other than ONNX's, and a name. */
    private static final Pattern LINE = Pattern.compile("case (?:(\\w+) \\+ \"\\.)?\"?(\\w+)\" -> ");

    private static final Map<String, String> DOMAINS = new LinkedHashMap<>();

    static {
        DOMAINS.put("ONNX", "ai.onnx, opsets 1 to " + Operators.NEWEST_OPSET);
        DOMAINS.put("ML", Operators.ML);
        DOMAINS.put("PREVIEW", Operators.PREVIEW);
        DOMAINS.put("TRAINING", Operators.TRAINING);
        DOMAINS.put("MICROSOFT", Operators.MICROSOFT);
        DOMAINS.put("SARDONYX", Operators.SARDONYX + ", made by our own rewrites, and AllReduce");
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

    private static Map<String, SortedSet<String>> names() throws IOException {
        Map<String, SortedSet<String>> names = new TreeMap<>();
        for (Matcher m = LINE.matcher(Files.readString(REGISTRY)); m.find(); ) {
            String domain = m.group(1) == null ? "ONNX" : m.group(1);
            names.computeIfAbsent(domain, d -> new TreeSet<>()).add(m.group(2));
        }
        return names;
    }

    private static String table() throws IOException {
        Map<String, SortedSet<String>> registry = names();
        assertEquals(DOMAINS.keySet(), registry.keySet());
        StringBuilder text = new StringBuilder(
                """
                # Operators

                Written by `OperatorsTableTest` from the registry, `java/core/src/main/java/io/sardonyx/op/Operators.java`. Operators that a
                model defines itself, as functions, need not be here.
                """);
        DOMAINS.forEach((domain, title) -> {
            SortedSet<String> names = registry.get(domain);
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
