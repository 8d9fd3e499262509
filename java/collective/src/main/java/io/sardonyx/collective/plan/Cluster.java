package io.sardonyx.collective.plan;

import java.util.Optional;

/**
 * Equal nodes of GPUs, and the links inside a node and between nodes. Bandwidths are bytes per second in one direction, latencies
 * seconds, efficiencies the part of a link's bandwidth that is left for data.
 *
 * @param inside absent where a node has one GPU
 * @param between absent where there is one node
 */
public record Cluster(
        String name, Engine engine, int nodes, int gpusPerNode, Optional<Link> inside, Optional<Network> between) {
    public Cluster {
        atLeastOne("nodes", nodes);
        atLeastOne("gpusPerNode", gpusPerNode);
        matches("inside", inside, gpusPerNode, "GPUs in a node");
        matches("between", between, nodes, "nodes");
        if (engine == Engine.GLOO && inside.flatMap(Link::nvls).isPresent()) {
            throw new IllegalArgumentException("inside.nvls: Gloo does not reduce in a switch");
        }
    }

    public int gpus() {
        return nodes * gpusPerNode;
    }

    /** The first {@code gpus} ranks: some of one node, or whole nodes. */
    public Layout layout(int gpus) {
        if (gpus < 1 || gpus > gpus()) {
            throw new IllegalArgumentException(name + " has 1 to " + gpus() + " GPUs, not " + gpus);
        }
        if (gpus <= gpusPerNode) {
            return new Layout(this, 1, gpus);
        }
        if (gpus % gpusPerNode != 0) {
            throw new IllegalArgumentException(
                    name + ": " + gpus + " GPUs are not whole nodes, which have " + gpusPerNode);
        }
        return new Layout(this, gpus / gpusPerNode, gpusPerNode);
    }

    /**
     * What joins the GPUs of a node, each to a switch.
     *
     * @param bandwidth of each GPU; of all together if {@code shared}, as a loopback interface is
     * @param latency of a hop from GPU to GPU
     */
    public record Link(double bandwidth, double latency, double efficiency, boolean shared, Optional<Nvls> nvls) {
        public Link {
            positive("inside.bandwidth", bandwidth);
            notNegative("inside.latency", latency);
            fraction("inside.efficiency", efficiency);
            if (shared && nvls.isPresent()) {
                throw new IllegalArgumentException("inside.nvls: a shared link has no switch that reduces");
            }
        }
    }

    /**
     * A switch that reduces and multicasts (NVLink SHARP).
     *
     * @param efficiency of what the link leaves for data
     * @param latency on top of what the protocol takes to start
     */
    public record Nvls(double efficiency, double latency) {
        public Nvls {
            fraction("inside.nvls.efficiency", efficiency);
            notNegative("inside.nvls.latency", latency);
        }
    }

    /**
     * What joins the nodes.
     *
     * @param bandwidth of each network adapter
     * @param latency of a hop from GPU to GPU through two of them
     * @param oversubscription how many times the adapters' bandwidth is that of the switches above them; 1 if they block nothing
     */
    public record Network(
            int nicsPerNode, double bandwidth, double latency, double efficiency, double oversubscription) {
        public Network {
            atLeastOne("between.nicsPerNode", nicsPerNode);
            positive("between.bandwidth", bandwidth);
            notNegative("between.latency", latency);
            fraction("between.efficiency", efficiency);
            if (!(oversubscription >= 1)) {
                throw new IllegalArgumentException(
                        "between.oversubscription: expected at least 1, given " + oversubscription);
            }
        }
    }

    private static void matches(String field, Optional<?> links, int ends, String what) {
        if (links.isPresent() != ends > 1) {
            throw new IllegalArgumentException(
                    field + ": " + (links.isPresent() ? "given" : "missing") + ", with " + ends + " " + what);
        }
    }

    private static void atLeastOne(String field, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(field + ": expected at least 1, given " + value);
        }
    }

    private static void positive(String field, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(field + ": expected more than 0, given " + value);
        }
    }

    private static void notNegative(String field, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(field + ": expected at least 0, given " + value);
        }
    }

    private static void fraction(String field, double value) {
        if (!(value > 0 && value <= 1)) {
            throw new IllegalArgumentException(field + ": expected more than 0 and at most 1, given " + value);
        }
    }
}
