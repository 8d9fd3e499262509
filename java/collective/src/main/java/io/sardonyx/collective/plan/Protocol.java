package io.sardonyx.collective.plan;

/**
 * How ranks tell each other that data has come, with NCCL's own constants for it ({@code src/graph/tuning.cc}). A hop's latency
 * there is the link's, 0.6 us for NVLink and 5 us for a network, and what the protocol adds.
 */
public enum Protocol {
    /**
     * A flag beside every 4 bytes; between nodes the data pass through the host's memory. NCCL caps it at 141 GB/s inside nodes of H100 and
     * at 45 between them, of 368 and 376 that Simple gets.
     */
    LL(6.7e-6, 0, 0, 0.38, 0.12, 0),
    /** A flag in every 128 bytes. */
    LL128(14e-6, 1.3e-6, 3.5e-6, 0.92, 0.92, 0),
    /** Chunks, each waited for; what that costs is fitted, see {@link #pipelined}. */
    SIMPLE(8.4e-6, 2.8e-6, 9e-6, 1, 1, 1e-6),
    /** Sockets: the link's latency is all. */
    TCP(0, 0, 0, 1, 1, 0);

    final double startup;
    final double hopInside;
    final double hopBetween;
    final double shareInside;
    final double shareBetween;
    private final double chunkCost;

    Protocol(
            double startup,
            double hopInside,
            double hopBetween,
            double shareInside,
            double shareBetween,
            double chunkCost) {
        this.startup = startup;
        this.hopInside = hopInside;
        this.hopBetween = hopBetween;
        this.shareInside = shareInside;
        this.shareBetween = shareBetween;
        this.chunkCost = chunkCost;
    }

    /**
     * The seconds that a message needs through stages that work at the same time on one chunk after another, if the slowest of them
     * needs {@code carry} for all of it. More chunks fill the stages sooner, and each costs; this takes the best number. The
     * cost of a chunk is fitted to NVLS on eight H100 at 4 and 128 MB (50 and 561 us).
     */
    double pipelined(int stages, double carry) {
        if (chunkCost == 0) {
            return carry;
        }
        double chunks = Math.max(1, Math.sqrt((stages - 1) * carry / chunkCost));
        return carry * (1 + (stages - 1) / chunks) + (chunks - 1) * chunkCost;
    }
}
