package io.sardonyx.collective.plan;

import io.sardonyx.collective.plan.Cluster.Nvls;
import io.sardonyx.collective.plan.Schedule.Leg;
import java.util.Locale;
import java.util.Optional;

/** The ways to sum a message over all ranks, each as what it sends where. n ranks, m nodes of g. */
public enum Algorithm {
    /** Reduce-scatter, then all-gather, around one ring of all ranks: the fewest bytes, and 2(n - 1) steps. */
    RING {
        @Override
        Optional<Schedule> schedule(Layout at, double bytes) {
            double sent = 2 * bytes * (at.ranks() - 1) / at.ranks();
            int hops = 2 * (at.ranks() - 1);
            int across = at.nodes() == 1 ? 0 : Math.min(hops, 2 * at.nodes());
            return Optional.of(new Schedule(
                    new Leg(at.gpusPerNode() == 1 ? 0 : sent, hops - across),
                    at.nodes() == 1 ? Leg.NONE : new Leg(sent, across),
                    1));
        }
    },
    /** Up and down a chain in each node and two binary trees of the nodes, in which an inner node of one is a leaf of the other. */
    TREE {
        @Override
        Optional<Schedule> schedule(Layout at, double bytes) {
            Leg inside = new Leg(bytesInNode(at, bytes), 2 * (at.gpusPerNode() - 1));
            Leg between = trees(at, bytes);
            return Optional.of(new Schedule(inside, between, inside.hops() + between.hops()));
        }
    },
    /** The switch of one node reduces and multicasts. */
    NVLS {
        @Override
        Optional<Schedule> schedule(Layout at, double bytes) {
            return at.nodes() > 1
                    ? Optional.empty()
                    : at.nvls().map(nvls -> new Schedule(bySwitch(nvls, at, bytes), Leg.NONE, SWITCH_STAGES));
        }
    },
    /** The switch inside each node, the two trees between them. */
    NVLS_TREE {
        @Override
        Optional<Schedule> schedule(Layout at, double bytes) {
            Leg between = trees(at, bytes);
            return at.nodes() == 1
                    ? Optional.empty()
                    : at.nvls()
                            .map(nvls ->
                                    new Schedule(bySwitch(nvls, at, bytes), between, SWITCH_STAGES + between.hops()));
        }
    },
    /**
     * Reduce-scatter inside each node, one ring between nodes for each of its GPUs, all-gather inside: the fewest bytes between nodes.
     * NCCL has no such algorithm; it is planned with only when asked for.
     */
    HIERARCHICAL {
        @Override
        Optional<Schedule> schedule(Layout at, double bytes) {
            return at.nodes() == 1 || at.gpusPerNode() == 1
                    ? Optional.empty()
                    : Optional.of(new Schedule(
                            new Leg(bytesInNode(at, bytes), 2 * (at.gpusPerNode() - 1)),
                            new Leg(2 * bytes * (at.nodes() - 1) / at.nodes(), 2 * (at.nodes() - 1)),
                            3));
        }
    };

    /** Into the switch, through it, and out: NVLS works on three chunks at a time. */
    private static final int SWITCH_STAGES = 3;

    /** Empty where this algorithm cannot run. */
    abstract Optional<Schedule> schedule(Layout at, double bytes);

    /** The switch has no way to carry flags beside the data. */
    boolean runsBy(Protocol protocol) {
        return protocol == Protocol.SIMPLE || this != NVLS && this != NVLS_TREE;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static double bytesInNode(Layout at, double bytes) {
        return 2 * bytes * (at.gpusPerNode() - 1) / at.gpusPerNode();
    }

    /**
     * A GPU hands all of the message to the switch for others to reduce and gets a g-th reduced, then sends that g-th and gets all: more
     * than the message once each way, where a ring has it nearly twice.
     */
    private static Leg bySwitch(Nvls nvls, Layout at, double bytes) {
        return new Leg(bytes * (1 + 1.0 / at.gpusPerNode()), 0, nvls.efficiency(), nvls.latency());
    }

    /**
     * Each tree has half of the message. The busiest node has a parent and two children in one and a parent in the other, and sends its
     * half to each; of three nodes the busiest has three neighbours, of two nodes each has two.
     */
    private static Leg trees(Layout at, double bytes) {
        if (at.nodes() == 1) {
            return Leg.NONE;
        }
        int depth = Integer.SIZE - Integer.numberOfLeadingZeros(at.nodes() - 1);
        return new Leg(bytes / 2 * Math.min(4, at.nodes()), 2 * depth);
    }
}
