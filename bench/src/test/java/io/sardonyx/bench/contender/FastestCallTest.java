package io.sardonyx.bench.contender;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.sardonyx.tensor.HostTensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class FastestCallTest {
    /** Says that a run takes as long as it is told to; the first one longer. */
    private static final class Pretender implements Call {
        private final long nanoseconds;
        private int runs;
        private int closed;

        Pretender(long nanoseconds) {
            this.nanoseconds = nanoseconds;
        }

        @Override
        public long time(int count) {
            runs += count;
            return count * (runs == 1 ? 1_000_000_000 : nanoseconds);
        }

        @Override
        public void run() {
            throw new AssertionError("a call times itself");
        }

        @Override
        public HostTensor output() {
            throw new AssertionError("nobody asked");
        }

        @Override
        public void close() {
            closed++;
        }
    }

    @Test
    void theFastestStaysOpen() {
        Pretender slow = new Pretender(3_000_000);
        Pretender fast = new Pretender(900);
        Pretender middle = new Pretender(1_000);
        assertSame(fast, FastestCall.of(List.of(slow, fast, middle)));
        assertEquals(List.of(1, 0, 1), List.of(slow.closed, fast.closed, middle.closed));
    }

    @Test
    void theFirstOfEqualOnesStaysOpen() {
        Pretender first = new Pretender(1_000);
        Pretender second = new Pretender(1_000);
        assertSame(first, FastestCall.of(List.of(first, second)));
        assertEquals(1, second.closed);
    }

    @Test
    void theOnlyOneIsNotTried() {
        Pretender only = new Pretender(1_000);
        assertSame(only, FastestCall.of(List.of(only)));
        assertEquals(0, only.runs + only.closed);
    }
}
