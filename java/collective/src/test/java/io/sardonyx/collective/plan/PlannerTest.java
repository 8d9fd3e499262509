package io.sardonyx.collective.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.collective.plan.Cluster.Link;
import io.sardonyx.collective.plan.Cluster.Network;
import io.sardonyx.collective.plan.Cluster.Nvls;
import io.sardonyx.collective.plan.Estimate.Choice;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What holds for any cluster; figures of real ones are the command line's tests. */
class PlannerTest {
    private static final long KIB = 1 << 10;
    private static final long GIB = 1 << 30;
    private static final List<Integer> GPUS = List.of(2, 5, 8, 16, 24, 32, 64, 512, 5400);

    private static final Link PLAIN = new Link(400e9, 0.6e-6, 0.8, false, Optional.empty());
    private static final Link SWITCHED = new Link(400e9, 0.6e-6, 0.8, false, Optional.of(new Nvls(0.9, 16e-6)));

    private static Cluster cluster(Link link, Network network) {
        return new Cluster("a cluster", Engine.NCCL, 675, 8, Optional.of(link), Optional.of(network));
    }

    private static Network network(double nicBandwidth, double oversubscription) {
        return new Network(8, nicBandwidth, 5e-6, 0.9, oversubscription);
    }

    private static final Cluster SWITCHES = cluster(SWITCHED, network(50e9, 1));

    private static double seconds(Cluster cluster, Algorithm algorithm, int gpus, long bytes) {
        return new Planner(cluster, Set.of(algorithm)).estimate(gpus, bytes).seconds();
    }

    @Test
    void oneGpuHasNothingToDo() {
        Estimate estimate = new Planner(SWITCHES).estimate(1, GIB);
        assertEquals(0, estimate.seconds());
        assertEquals(0, estimate.busbw());
        assertEquals(Optional.empty(), estimate.choice());
    }

    @Test
    void moreBytesTakeLonger() {
        for (Cluster cluster : List.of(SWITCHES, cluster(PLAIN, network(50e9, 1)))) {
            for (int gpus : GPUS) {
                Planner planner = new Planner(cluster);
                double last = 0;
                for (long bytes = 1; bytes <= 16 * GIB; bytes = bytes * 3 / 2 + 1) {
                    double seconds = planner.estimate(gpus, bytes).seconds();
                    assertTrue(seconds > last, gpus + " GPUs, " + bytes + " bytes: " + seconds + " after " + last);
                    last = seconds;
                }
            }
        }
    }

    @Test
    void noLinkCarriesMoreThanItCan() {
        for (Algorithm algorithm : Algorithm.values()) {
            for (int gpus : GPUS) {
                if (algorithm.schedule(SWITCHES.layout(gpus), GIB).isPresent()) {
                    Estimate estimate = new Planner(SWITCHES, Set.of(algorithm)).estimate(gpus, 16 * GIB);
                    assertTrue(
                            estimate.efficiency() > 0 && estimate.efficiency() <= 1,
                            algorithm + " with " + gpus + " GPUs: " + estimate);
                }
            }
        }
    }

    @Test
    void theBusBandwidthOfRingsIsBelowTheLinks() {
        for (int gpus : GPUS) {
            Estimate ring = new Planner(SWITCHES, Set.of(Algorithm.RING)).estimate(gpus, 64 * GIB);
            double links = gpus <= 8 ? 400e9 * 0.8 : Math.min(400e9 * 0.8, 8 * 50e9 * 0.9);
            assertTrue(ring.busbw() < links && ring.busbw() > 0.8 * links, gpus + " GPUs: " + ring.busbw());
        }
    }

    @Test
    void aSwitchThatReducesExceedsTheLink() {
        assertTrue(new Planner(SWITCHES).estimate(8, 16 * GIB).busbw() > 400e9);
        assertEquals(
                Optional.of(new Choice(Algorithm.NVLS, Protocol.SIMPLE)),
                new Planner(SWITCHES).estimate(8, GIB).choice());
        assertEquals(
                Optional.of(new Choice(Algorithm.RING, Protocol.LL)),
                new Planner(SWITCHES).estimate(8, KIB).choice());
    }

    @Test
    void latencyGrowsLinearlyInRingsAndByTheLogarithmInTrees() {
        double ring64 = seconds(SWITCHES, Algorithm.RING, 64 * 8, 1);
        double ring128 = seconds(SWITCHES, Algorithm.RING, 128 * 8, 1);
        double ring256 = seconds(SWITCHES, Algorithm.RING, 256 * 8, 1);
        assertEquals(2, (ring256 - ring128) / (ring128 - ring64), 1e-6);
        double tree64 = seconds(SWITCHES, Algorithm.TREE, 64 * 8, 1);
        double tree128 = seconds(SWITCHES, Algorithm.TREE, 128 * 8, 1);
        double tree256 = seconds(SWITCHES, Algorithm.TREE, 256 * 8, 1);
        assertEquals(2 * 5e-6, tree128 - tree64, 1e-9);
        assertEquals(tree128 - tree64, tree256 - tree128, 1e-9);
    }

    @Test
    void partsInsideAndBetweenNodesOverlap() {
        Network slow = network(50e9, 1);
        Network endless = network(1e18, 1);
        Link fast = new Link(1e18, 0.6e-6, 0.8, false, Optional.of(new Nvls(0.9, 16e-6)));
        for (Algorithm algorithm : List.of(Algorithm.TREE, Algorithm.NVLS_TREE, Algorithm.HIERARCHICAL)) {
            double inside = seconds(cluster(SWITCHED, endless), algorithm, 64, 4 * GIB);
            double between = seconds(cluster(fast, slow), algorithm, 64, 4 * GIB);
            double both = seconds(SWITCHES, algorithm, 64, 4 * GIB);
            assertTrue(both < 1.05 * Math.max(inside, between), algorithm + ": " + both);
            assertTrue(both >= 0.999 * Math.max(inside, between), algorithm + ": " + both);
        }
    }

    @Test
    void oversubscribedSwitchesDivideTheNetwork() {
        Estimate half = new Planner(cluster(SWITCHED, network(50e9, 2)), Set.of(Algorithm.RING)).estimate(32, 64 * GIB);
        assertEquals(8 * 50e9 * 0.9 / 2, half.busbw(), 1e9);
    }

    @Test
    void ringsOnASharedLinkMoveAllTheirBytesOverIt() {
        Link shared = new Link(0.125e9, 0, 1, true, Optional.empty());
        Cluster loopback = new Cluster("loopback", Engine.GLOO, 1, 8, Optional.of(shared), Optional.empty());
        for (int ranks = 2; ranks <= 8; ranks++) {
            double seconds = new Planner(loopback).estimate(ranks, 4 << 20).seconds();
            assertEquals(2.0 * (ranks - 1) * (4 << 20) / 0.125e9, seconds, 1e-9);
        }
    }

    @Test
    void whatCannotBePlannedIsRefused() {
        refused("not whole nodes", () -> new Planner(SWITCHES).estimate(12, 1));
        refused("1 to 5400 GPUs, not 5401", () -> new Planner(SWITCHES).estimate(5401, 1));
        refused("1 to 5400 GPUs, not 0", () -> new Planner(SWITCHES).estimate(0, 1));
        refused("given 0", () -> new Planner(SWITCHES).estimate(8, 0));
        refused("none of [nvls] runs on 2 nodes", () -> new Planner(SWITCHES, Set.of(Algorithm.NVLS)).estimate(16, 1));
    }

    @Test
    void contradictionsAreRefused() {
        Optional<Link> link = Optional.of(PLAIN);
        Optional<Network> network = Optional.of(network(50e9, 1));
        refused("nodes: expected at least 1", () -> new Cluster("x", Engine.NCCL, 0, 8, link, Optional.empty()));
        refused("between: given, with 1 nodes", () -> new Cluster("x", Engine.NCCL, 1, 8, link, network));
        refused("between: missing, with 2 nodes", () -> new Cluster("x", Engine.NCCL, 2, 8, link, Optional.empty()));
        refused("inside: missing, with 8 GPUs", () -> new Cluster("x", Engine.NCCL, 2, 8, Optional.empty(), network));
        refused("inside: given, with 1 GPUs", () -> new Cluster("x", Engine.NCCL, 2, 1, link, network));
        refused("Gloo", () -> new Cluster("x", Engine.GLOO, 1, 8, Optional.of(SWITCHED), Optional.empty()));
        refused("shared link", () -> new Link(1e9, 0, 1, true, Optional.of(new Nvls(1, 0))));
        refused("efficiency", () -> new Link(1e9, 0, 1.1, false, Optional.empty()));
        refused("bandwidth", () -> new Link(Double.NaN, 0, 1, false, Optional.empty()));
        refused("latency", () -> new Nvls(1, -1));
        refused("oversubscription", () -> new Network(8, 1e9, 0, 1, 0.5));
    }

    private static void refused(String part, Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains(part), message);
    }
}
