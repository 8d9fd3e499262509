package io.sardonyx.collective.plan;

/**
 * What an algorithm asks of the links for one message.
 *
 * @param inside what each GPU sends to others of its node
 * @param between what the busiest node sends to others
 * @param stages how many parts of the machine work on different chunks at the same time; 1 if each step waits for the last
 */
record Schedule(Leg inside, Leg between, int stages) {
    /**
     * One kind of link.
     *
     * @param hops in a row, from the first rank's data to the last rank's result
     * @param share of the link's bandwidth that the algorithm reaches
     * @param latency on top of that of the hops
     */
    record Leg(double bytes, int hops, double share, double latency) {
        static final Leg NONE = new Leg(0, 0);

        Leg(double bytes, int hops) {
            this(bytes, hops, 1, 0);
        }

        private double carry(double rate) {
            return bytes / (rate * share);
        }

        private double latency(double hop) {
            return hops * hop + latency;
        }
    }

    /** Links inside and between nodes carry different chunks at the same time, so the slower of the two decides, not their sum. */
    double seconds(Layout layout, Protocol protocol) {
        double carry = Math.max(
                inside.carry(layout.insideRate() * protocol.shareInside),
                between.carry(layout.betweenRate() * protocol.shareBetween));
        return protocol.startup
                + inside.latency(layout.insideLatency() + protocol.hopInside)
                + between.latency(layout.betweenLatency() + protocol.hopBetween)
                + protocol.pipelined(stages, carry);
    }
}
