package io.sardonyx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bad models, bad inputs and bad moments, in a JVM of their own with a small heap: each must end with the right error, in time,
 * with the JVM alive and no native memory left. {@link HostileReads}, {@link HostileFiles}, {@link HostileRuns}, {@link
 * HostileLimits}, {@link HostileFaults} and {@link HostileMoments} list them.
 */
class HostileModelsTest {
    static final Map<String, Supplier<List<HostileCase>>> LISTS = Map.of(
            "reads", HostileReads::cases,
            "files", HostileFiles::cases,
            "runs", HostileRuns::cases,
            "limits", HostileLimits::cases,
            "faults", HostileFaults::cases,
            "moments", HostileMoments::cases);

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> reads() throws IOException, InterruptedException {
        return results("reads", "-Xmx1g");
    }

    @TestFactory
    Stream<DynamicTest> files() throws IOException, InterruptedException {
        return results("files", "-Xmx300m");
    }

    @TestFactory
    Stream<DynamicTest> runs() throws IOException, InterruptedException {
        return results("runs", "-Xmx300m");
    }

    @TestFactory
    Stream<DynamicTest> limits() throws IOException, InterruptedException {
        return results("limits", "-Xmx300m");
    }

    @TestFactory
    Stream<DynamicTest> faults() throws IOException, InterruptedException {
        return results("faults", "-Xmx300m");
    }

    @TestFactory
    Stream<DynamicTest> moments() throws IOException, InterruptedException {
        return results("moments", "-Xmx300m");
    }

    private Stream<DynamicTest> results(String list, String heap) throws IOException, InterruptedException {
        ChildJvm.Result child =
                new ChildJvm(folder, heap).run(400, ChildJvm.classPath(), HostileChild.class.getName(), list);
        Map<String, String[]> found = new HashMap<>();
        for (String line : child.lines()) {
            String[] fields = line.split("\t", -1);
            if (fields[0].equals(HostileChild.MARK)) {
                found.put(fields[1], fields);
            }
        }
        Stream<DynamicTest> ended = Stream.of(
                DynamicTest.dynamicTest("the JVM lives", () -> assertEquals(0, child.status(), child.toString())));
        return Stream.concat(
                ended,
                LISTS.get(list).get().stream()
                        .map(c -> DynamicTest.dynamicTest(c.name(), () -> judge(c, found.get(c.name()), child))));
    }

    private static void judge(HostileCase c, String[] fields, ChildJvm.Result child) {
        assertNotNull(fields, () -> "not reached: " + child);
        String message = fields[5];
        assertEquals(c.error().map(Class::getName).orElse(""), fields[4], message);
        for (String part : c.parts()) {
            assertTrue(message.contains(part), () -> "expected '" + part + "' in: " + message);
        }
        assertEquals("0", fields[2], "native bytes left");
    }
}
