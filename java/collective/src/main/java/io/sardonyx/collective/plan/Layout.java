package io.sardonyx.collective.plan;

import io.sardonyx.collective.plan.Cluster.Link;
import io.sardonyx.collective.plan.Cluster.Network;
import io.sardonyx.collective.plan.Cluster.Nvls;
import java.util.Optional;

/** The ranks of a cluster that take part: {@code nodes} of {@code gpusPerNode} each. */
public record Layout(Cluster cluster, int nodes, int gpusPerNode) {
    public int ranks() {
        return nodes * gpusPerNode;
    }

    Optional<Nvls> nvls() {
        return cluster.inside().flatMap(Link::nvls);
    }

    /** Bytes per second that a GPU can send inside its node, headers included. */
    double insideLineRate() {
        return cluster.inside()
                .map(link -> link.shared() ? link.bandwidth() / gpusPerNode : link.bandwidth())
                .orElse(Double.POSITIVE_INFINITY);
    }

    double insideRate() {
        return insideLineRate() * cluster.inside().map(Link::efficiency).orElse(1.0);
    }

    double insideLatency() {
        return cluster.inside().map(Link::latency).orElse(0.0);
    }

    /** Bytes per second that a node can send to others, headers included. */
    double betweenLineRate() {
        return cluster.between()
                .map(net -> net.nicsPerNode() * net.bandwidth() / net.oversubscription())
                .orElse(Double.POSITIVE_INFINITY);
    }

    double betweenRate() {
        return betweenLineRate() * cluster.between().map(Network::efficiency).orElse(1.0);
    }

    double betweenLatency() {
        return cluster.between().map(Network::latency).orElse(0.0);
    }
}
