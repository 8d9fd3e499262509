package io.sardonyx.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** That the checked simulator finds the mistake of every kernel in kernels/cuda/lab/broken, and none in their correct twins. */
class BrokenKernelsTest {
    /** What the message about each mistake says, as an expression; which of two depends on the schedule. */
    private static final Map<String, String> EXPECTED = Map.ofEntries(
            Map.entry("add_without_atomic", "race"),
            Map.entry("add_without_atomic_in_block", "race"),
            Map.entry("barrier_in_branch", "deadlock"),
            Map.entry("crossed_barriers", "deadlock"),
            Map.entry("divergent_collective", "divergent collective"),
            Map.entry("early_accumulator", "registers: read"),
            Map.entry("exited_lane_in_mask", "have ended"),
            Map.entry("fence_of_one_device", "scope"),
            Map.entry("flag_before_data", "race|uninitialised"),
            Map.entry("lane_missing_from_mask", "not in its own mask"),
            Map.entry("missing_barrier_behind_copies", "race|uninitialised"),
            Map.entry("missing_cluster_sync", "(race|uninitialised).*another block of the cluster"),
            Map.entry("missing_copy_wait", "race|uninitialised"),
            Map.entry("missing_empty_wait", "race|mbarrier.arrive.expect_tx: 1 arrivals"),
            Map.entry("missing_fence", "race"),
            Map.entry("missing_mbarrier_wait", "race|uninitialised"),
            Map.entry("missing_proxy_fence", "no proxy fence"),
            Map.entry("missing_proxy_fence_for_wgmma", "no proxy fence"),
            Map.entry("missing_second_syncthreads", "race"),
            Map.entry("missing_sync_before_flag", "race"),
            Map.entry("missing_syncthreads", "race|uninitialised"),
            Map.entry("missing_syncwarp", "race|uninitialised"),
            Map.entry("missing_wait_for_store", "race"),
            Map.entry("missing_wgmma_fence", "no wgmma.fence"),
            Map.entry("narrow_atomic", "scope"),
            Map.entry("narrow_fence", "scope"),
            Map.entry("no_meeting_at_the_end", "race|uninitialised"),
            Map.entry("nothing_released", "race|uninitialised"),
            Map.entry("read_behind_end", "out of bounds: read"),
            Map.entry("scope_of_one_device", "race.*the scope of one does not hold the other|scope"),
            Map.entry("shared_behind_end", "out of bounds: write"),
            Map.entry("shared_of_last_block", "uninitialised"),
            Map.entry("slot_used_again", "deadlock"),
            Map.entry("two_blocks_write", "race"),
            Map.entry("uninitialised_global", "uninitialised"),
            Map.entry("uninitialised_shared", "uninitialised"),
            Map.entry("vector_across_end", "out of bounds: write"),
            Map.entry("write_behind_end", "out of bounds: write"),
            Map.entry("write_in_front", "out of bounds: write"),
            Map.entry("wrong_barrier_count", "barrier . is waited for by"),
            Map.entry("wrong_bytes", "deadlock"),
            Map.entry("wrong_parity", "race|uninitialised"));

    /** Lines of the kernels' own files, not of the headers that they call. */
    private static final String LINE = "in (\\S+ from )?(async|barriers|blocks|faults|memory|ranks)\\.cu:\\d+";

    private static final String THREAD = "thread \\[\\d+, 0, 0\\] of block \\[\\d+, 0, 0\\]";
    private static final Pattern ACCESS = Pattern.compile("(read|write) of \\d+ bytes " + LINE);
    private static final Pattern BOTH_ACCESSES = Pattern.compile("(read|write) " + LINE + " by .*" + THREAD
            + "( of part . on device .)? and .*(read|write) " + LINE + " by .*" + THREAD);
    private static final Pattern THREAD_AND_SCHEDULE = Pattern.compile("\\(" + THREAD + ", schedule \\d+\\)$");

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> kernels() throws Exception {
        Natives.cpu();
        Map<String, String> failures =
                LabKernels.run(folder, Map.of(), "broken.", "correct.").failures();
        assertEquals(
                EXPECTED.keySet().stream()
                        .flatMap(name -> Stream.of("broken." + name, "correct." + name))
                        .collect(Collectors.toCollection(TreeSet::new)),
                failures.keySet());
        return failures.entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> check(e.getKey(), e.getValue())));
    }

    /** What {@code SARDONYX_SIM_SEED} is for: a schedule that failed does so again, with the same thread at the same byte. */
    @Test
    void schedulesReplay() throws Exception {
        Natives.cpu();
        String key = "broken.missing_second_syncthreads";
        String found = LabKernels.run(folder, Map.of("SARDONYX_SIM_SEED", "11"), key)
                .failures()
                .get(key);
        Matcher schedule = Pattern.compile("schedule (\\d+)\\)").matcher(found);
        assertTrue(schedule.find() && Integer.parseInt(schedule.group(1)) >= 11, found);
        Map<String, String> seed = Map.of("SARDONYX_SIM_SEED", schedule.group(1));
        assertEquals(found, LabKernels.run(folder, seed, key).failures().get(key));
    }

    private static void check(String key, String failure) {
        if (key.startsWith("correct.")) {
            assertEquals("", failure);
        } else {
            Pattern expected = Pattern.compile(EXPECTED.get(key.substring("broken.".length())));
            assertTrue(
                    failure.startsWith("INTERNAL ") && expected.matcher(failure).find(),
                    () -> expected + " expected: " + failure);
            if (failure.contains("race: ")) {
                assertTrue(BOTH_ACCESSES.matcher(failure).find(), () -> "names both threads and lines: " + failure);
            } else if (failure.contains("uninitialised: ") || failure.contains("out of bounds: ")) {
                assertTrue(ACCESS.matcher(failure).find(), () -> "names the line: " + failure);
            }
            assertTrue(THREAD_AND_SCHEDULE.matcher(failure).find(), () -> "names thread and schedule: " + failure);
            assertEquals(2, failure.split(Pattern.quote(key), -1).length, () -> "names its kernel once: " + failure);
        }
    }
}
