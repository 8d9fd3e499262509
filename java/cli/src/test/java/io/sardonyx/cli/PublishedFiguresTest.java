package io.sardonyx.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.collective.plan.Algorithm;
import io.sardonyx.collective.plan.Cluster;
import io.sardonyx.collective.plan.Planner;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The systems in {@code bench/systems} against what others measured on them. {@code bench/systems/README.md} says which figures
 * their efficiencies were fitted to; the others did not enter the fit.
 */
class PublishedFiguresTest {
    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;
    private static final long GIB = 1 << 30;
    private static final double FITTED = 0.02;
    private static final double HELD_OUT = 0.15;

    private static Cluster system(String name) {
        return ClusterFile.read(Path.of(System.getProperty("sardonyx.root"), "bench", "systems", name + ".json"));
    }

    /** Someone's bus bandwidth. */
    private record Bandwidth(Planner planner, int gpus, long bytes, double gbs, double tolerance) {
        void check() {
            double simulated = planner.estimate(gpus, bytes).busbw() / 1e9;
            assertEquals(gbs, simulated, gbs * tolerance, planner.cluster().name() + ", " + gpus + " GPUs");
        }
    }

    /** Someone's time. */
    private record Time(Planner planner, int gpus, long bytes, double microseconds, double tolerance) {
        void check() {
            double simulated = planner.estimate(gpus, bytes).seconds() * 1e6;
            assertEquals(microseconds, simulated, microseconds * tolerance, gpus + " ranks, " + bytes + " bytes");
        }
    }

    private static void check(Bandwidth... figures) {
        assertAll(List.of(figures).stream().map(figure -> figure::check));
    }

    private static void check(Time... figures) {
        assertAll(List.of(figures).stream().map(figure -> figure::check));
    }

    @Test
    void fittedToOneNodeOfH100() {
        Planner h100 = new Planner(system("h100-8"));
        check(
                new Bandwidth(new Planner(h100.cluster(), Set.of(Algorithm.RING)), 8, 8 * GIB, 367.5, FITTED),
                new Bandwidth(h100, 5, 8 * GIB, 420, FITTED));
        check(new Time(h100, 8, 4 * MIB, 50, FITTED), new Time(h100, 8, 128 * MIB, 561, FITTED));
    }

    @Test
    void heldOutOfOneNodeOfH100() {
        Planner h100 = new Planner(system("h100-8"));
        check(
                new Bandwidth(h100, 2, 8 * GIB, 370, HELD_OUT),
                new Bandwidth(h100, 4, 8 * GIB, 370, HELD_OUT),
                new Bandwidth(h100, 6, 8 * GIB, 440, HELD_OUT),
                new Bandwidth(h100, 7, 8 * GIB, 460, HELD_OUT),
                new Bandwidth(h100, 8, 8 * GIB, 480, HELD_OUT),
                new Bandwidth(new Planner(system("h200-675x8")), 8, 8 * GIB, 475, HELD_OUT));
        check(
                new Time(h100, 8, 512 * KIB, 24, HELD_OUT),
                new Time(h100, 8, MIB, 25, HELD_OUT),
                new Time(h100, 8, 16 * MIB, 121, HELD_OUT),
                new Time(h100, 8, 32 * MIB, 195, HELD_OUT),
                new Time(h100, 8, 64 * MIB, 316, HELD_OUT));
    }

    @Test
    void fittedToOneAndTwoNodesOnRoce() {
        Planner roce = new Planner(system("h100-roce-4x8"));
        Planner rings = new Planner(roce.cluster(), Set.of(Algorithm.RING));
        check(
                new Bandwidth(rings, 8, 8 * GIB, 330, FITTED),
                new Bandwidth(roce, 8, 8 * GIB, 430, FITTED),
                new Bandwidth(rings, 16, 8 * GIB, 330, FITTED));
    }

    @Test
    void heldOutOfNodesOnRoce() {
        Planner roce = new Planner(system("h100-roce-4x8"));
        Planner tree = new Planner(roce.cluster(), Set.of(Algorithm.NVLS_TREE));
        Planner withoutNvls = new Planner(roce.cluster(), Set.of(Algorithm.RING, Algorithm.TREE));
        check(
                new Bandwidth(roce, 16, 8 * GIB, 430, HELD_OUT),
                new Bandwidth(withoutNvls, 16, 8 * GIB, 330, HELD_OUT),
                new Bandwidth(roce, 32, 8 * GIB, 320, HELD_OUT),
                new Bandwidth(tree, 32, 8 * GIB, 320, HELD_OUT));
    }

    @Test
    void heldOutOfManyNodes() {
        check(new Bandwidth(new Planner(system("h200-675x8")), 1984, 512 * MIB, 350, HELD_OUT));
    }

    @Test
    void acceptanceGatesArePassed() {
        assertTrue(new Planner(system("h100-8")).estimate(8, 16 * GIB).busbw() >= 460e9);
        assertTrue(new Planner(system("a100-8")).estimate(8, 4 * GIB).busbw() >= 228e9);
    }

    /** Gloo's ring on a loopback interface of 1 Gbit/s, an earlier run than the one in {@code bench/results}. */
    @Test
    void measuredOnLoopback() {
        Planner loopback = new Planner(system("loopback-1g"));
        record Measured(int ranks, double ms) {}
        for (Measured run : List.of(
                new Measured(2, 71.1), new Measured(3, 140.1), new Measured(4, 209.8), new Measured(8, 499.4))) {
            double ratio =
                    run.ms() / 1e3 / loopback.estimate(run.ranks(), 4 * MIB).seconds();
            assertTrue(ratio >= 0.95 && ratio <= 1.15, run + ": " + ratio);
        }
    }
}
