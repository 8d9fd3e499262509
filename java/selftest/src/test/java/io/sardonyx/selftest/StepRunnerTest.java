package io.sardonyx.selftest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cases that take their process with them hide none of the others. */
class StepRunnerTest {
    private final StringWriter terminal = new StringWriter();

    @TempDir
    private Path folder;

    private Report.Summary run(int limitSeconds, int caseSeconds, String... cases) {
        try (Report report = new Report(
                Step.OPERATORS, Optional.of(folder), new Provenance(List.of("selftest")), new PrintWriter(terminal))) {
            new StepRunner(
                            done -> {
                                List<String> command = new ArrayList<>(Jvm.command(Troubled.class));
                                command.add(Integer.toString(done));
                                command.addAll(List.of(cases));
                                return command;
                            },
                            limitSeconds,
                            caseSeconds,
                            report)
                    .run();
            return report.summary();
        }
    }

    /** A worker whose cases do what their names say. */
    static final class Troubled {
        public static void main(String[] args) throws InterruptedException {
            System.out.println(Worker.DEVICE + Worker.JSON.toJson(Map.of("name", "sim:7", "description", "none")));
            for (int i = 1 + Integer.parseInt(args[0]); i < args.length; i++) {
                System.out.println(Worker.BEGIN + Worker.JSON.toJson(args[i]));
                switch (args[i]) {
                    case "halt" -> {
                        System.out.println("last words");
                        Runtime.getRuntime().halt(9);
                    }
                    case "hang" -> Thread.sleep(100_000);
                    case "lose" -> {
                        System.out.println(Worker.END + Worker.JSON.toJson(Outcome.fail("lose", "lost")));
                        System.exit(Worker.LOST);
                    }
                    default -> System.out.println(Worker.END + Worker.JSON.toJson(Outcome.pass(args[i])));
                }
            }
            System.out.println(Worker.DONE);
        }
    }

    @Test
    void theOthersAreRunBehindACaseThatTookItsProcessOrItsDevice() throws IOException {
        Report.Summary summary = run(100, 5, "a", "halt", "b", "lose", "c", "hang", "d");
        assertTrue(summary.complete());
        assertFalse(summary.good());
        assertEquals(List.of("halt", "lose", "hang"), summary.failures());
        assertEquals(Map.of(Outcome.Status.PASS, 4, Outcome.Status.FAIL, 3), summary.counts());
        List<String> lines = Files.readAllLines(folder.resolve("operators.jsonl"));
        assertEquals(8, lines.size());
        assertTrue(lines.get(0).contains("\"name\":\"sim:7\""), lines.get(0));
        assertTrue(lines.get(2).contains("status 9: last words"), lines.get(2));
        assertTrue(lines.get(6).contains("no answer within 5 s"), lines.get(6));
        assertTrue(terminal.toString().contains("FAIL       halt"), terminal.toString());
    }

    /** As under compute-sanitizer, which says at the end what it found. */
    @Test
    void aProcessThatEndsBadlyBehindItsLastCaseIsAFailure() {
        try (Report report =
                new Report(Step.OPERATORS, Optional.empty(), new Provenance(List.of()), new PrintWriter(terminal))) {
            new StepRunner(done -> List.of("sh", "-c", "echo '@done'; echo 2 errors; exit 9"), 10, 10, report).run();
            assertEquals(List.of("end of the process"), report.summary().failures());
            assertTrue(terminal.toString().contains("status 9: 2 errors"), terminal.toString());
        }
    }

    @Test
    void aStepEndsAtItsLimitAndKeepsWhatItHas() {
        Report.Summary summary = run(3, 60, "a", "hang", "b");
        assertFalse(summary.complete());
        assertEquals("the step's limit of 3 s has passed in hang", summary.stopped());
        assertEquals(Map.of(Outcome.Status.PASS, 1), summary.counts());
    }

    @Test
    void aProcessThatCannotStartIsNotStartedForever() {
        Report.Summary summary = run(100, 60, "halt");
        assertEquals(List.of("halt"), summary.failures());
        try (Report report =
                new Report(Step.MODELS, Optional.empty(), new Provenance(List.of()), new PrintWriter(terminal))) {
            new StepRunner(done -> List.of("sh", "-c", "echo no device; exit 1"), 10, 10, report).run();
            assertEquals(
                    "its process ended with status 1: no device",
                    report.summary().stopped());
        }
    }
}
