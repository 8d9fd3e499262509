package io.sardonyx.collective.plan;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** The library that moves the data: what it can choose from. */
public enum Engine {
    NCCL(
            EnumSet.of(Algorithm.RING, Algorithm.TREE, Algorithm.NVLS, Algorithm.NVLS_TREE),
            EnumSet.of(Protocol.LL, Protocol.LL128, Protocol.SIMPLE)),
    GLOO(EnumSet.of(Algorithm.RING), EnumSet.of(Protocol.TCP));

    private final Set<Algorithm> algorithms;
    private final Set<Protocol> protocols;

    Engine(Set<Algorithm> algorithms, Set<Protocol> protocols) {
        this.algorithms = Collections.unmodifiableSet(algorithms);
        this.protocols = Collections.unmodifiableSet(protocols);
    }

    public Set<Algorithm> algorithms() {
        return algorithms;
    }

    Set<Protocol> protocols() {
        return protocols;
    }
}
