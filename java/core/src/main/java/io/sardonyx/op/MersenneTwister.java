package io.sardonyx.op;

/**
 * The generator MT19937 seeded and read as NumPy's {@code RandomState} does, so that a seed gives the same numbers as there.
 *
 * <p>Source: Matsumoto and Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998).
 */
final class MersenneTwister {
    private static final int SIZE = 624;
    private static final int SHIFT = 397;

    private final int[] state = new int[SIZE];
    private int next = SIZE;

    MersenneTwister(long seed) {
        state[0] = (int) seed;
        for (int i = 1; i < SIZE; i++) {
            state[i] = 1812433253 * (state[i - 1] ^ state[i - 1] >>> 30) + i;
        }
    }

    private void twist() {
        for (int i = 0; i < SIZE; i++) {
            int joined = state[i] & 0x80000000 | state[(i + 1) % SIZE] & 0x7fffffff;
            state[i] = state[(i + SHIFT) % SIZE] ^ joined >>> 1 ^ ((joined & 1) == 0 ? 0 : 0x9908b0df);
        }
        next = 0;
    }

    int nextInt() {
        if (next == SIZE) {
            twist();
        }
        int y = state[next++];
        y ^= y >>> 11;
        y ^= y << 7 & 0x9d2c5680;
        y ^= y << 15 & 0xefc60000;
        return y ^ y >>> 18;
    }

    /** Uniform in [0, 1), of 53 random bits. */
    double nextDouble() {
        return ((long) (nextInt() >>> 5) * (1 << 26) + (nextInt() >>> 6)) * 0x1p-53;
    }
}
