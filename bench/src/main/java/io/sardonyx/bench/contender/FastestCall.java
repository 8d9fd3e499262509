package io.sardonyx.bench.contender;

import java.util.List;

/** One of several ways to the same result: the one that takes the least time, as a user who knows the library would have found out. */
final class FastestCall {
    private static final int ROUNDS = 7;
    private static final double NANOSECONDS_A_ROUND = 1e6;

    private FastestCall() {}

    /** Tries them in turns; closes all but one. */
    static Call of(List<Call> ways) {
        if (ways.size() == 1) {
            return ways.get(0);
        }
        long[] best = new long[ways.size()];
        for (int way = 0; way < best.length; way++) {
            ways.get(way).time(1); // what happens once
            best[way] = ways.get(way).time(1);
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (int way = 0; way < best.length; way++) {
                int runs = 1 + (int) (NANOSECONDS_A_ROUND / Math.max(1, best[way]));
                best[way] = Math.min(best[way], ways.get(way).time(runs) / runs);
            }
        }
        int fastest = 0;
        for (int way = 1; way < best.length; way++) {
            fastest = best[way] < best[fastest] ? way : fastest;
        }
        for (Call way : ways) {
            if (way != ways.get(fastest)) {
                way.close();
            }
        }
        return ways.get(fastest);
    }
}
