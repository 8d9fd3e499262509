package io.sardonyx.bench.collective;

import io.sardonyx.collective.Reduction;
import io.sardonyx.device.Device;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorType;

/**
 * What ranks hold so that their reduction is one number, whatever its order: integers so small that nothing on the way is rounded, in
 * any type. They differ from element to element and from rank to rank, so that what is left out, doubled or shifted is seen.
 */
record ExactPattern(DType dtype, Reduction reduction, int ranks, long seed) {
    /** bfloat16 has every integer up to here, and float16 more. */
    private static final int EXACT = 256;

    private static final int MOST_FACTORS = 8; // of 2
    private static final long MOST_RANKS = 1 << 16;

    ExactPattern {
        if (reduction == Reduction.MEAN && !dtype.isFloat()) {
            throw new IllegalArgumentException("the mean of " + dtype + ": it is for floating-point types only");
        }
        if (largest(reduction, ranks) < 1) {
            throw new IllegalArgumentException(
                    "no exact " + reduction + " of " + ranks + " ranks in bfloat16; the largest integer is " + EXACT);
        }
    }

    /** Such that all ranks' together, and times their number for a mean, stay exact. */
    private static int largest(Reduction reduction, int ranks) {
        return switch (reduction) {
            case SUM -> EXACT / ranks;
            case MEAN -> EXACT / ranks / ranks;
            case PRODUCT, MIN, MAX -> EXACT;
        };
    }

    long value(int rank, long i) {
        long random = mix(seed + mix(i * MOST_RANKS + rank));
        int largest = largest(reduction, ranks);
        return switch (reduction) {
            case SUM, MIN, MAX -> Math.floorMod(random, 2 * largest + 1) - largest;
            case MEAN -> (long) ranks * (Math.floorMod(random, 2 * largest + 1) - largest);
            case PRODUCT -> (rank < MOST_FACTORS ? 1 + (random & 1) : 1) * ((random & 2) - 1);
        };
    }

    /** The finalizer of SplitMix64: neighbours have nothing in common. */
    private static long mix(long z) {
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }

    /** How far from a mean its product with a rounded reciprocal may be, which engines may take; nothing else is rounded. */
    private double slack() {
        return reduction == Reduction.MEAN && Integer.bitCount(ranks) > 1 ? 0x1p-23 : 0;
    }

    long expected(long i) {
        long result = value(0, i);
        for (int rank = 1; rank < ranks; rank++) {
            long x = value(rank, i);
            result = switch (reduction) {
                case SUM, MEAN -> result + x;
                case PRODUCT -> result * x;
                case MIN -> Math.min(result, x);
                case MAX -> Math.max(result, x);
            };
        }
        return reduction == Reduction.MEAN ? result / ranks : result;
    }

    /** Gives {@code tensor} what {@code rank} holds. */
    void fill(int rank, Tensor tensor) {
        forEachBlock(tensor, (memory, type, offset, first) -> {
            HostTensor block = HostTensor.allocate(type);
            for (int i = 0; i < block.size(); i++) {
                block.set(i, value(rank, first + i));
            }
            block.write(memory, offset);
        });
    }

    /** Gives {@code tensor} what is no result, so that one that nobody wrote is found. */
    void spoil(Tensor tensor) {
        forEachBlock(tensor, (memory, type, offset, first) -> {
            HostTensor block = HostTensor.allocate(type);
            for (int i = 0; i < block.size(); i++) {
                block.set(i, (long) 2 * EXACT * EXACT - 1);
            }
            block.write(memory, offset);
        });
    }

    /** @throws VerificationException if any element of {@code tensor} is not the reduction */
    void verify(int rank, Tensor tensor, String when) {
        Wrong wrong = new Wrong(slack());
        forEachBlock(tensor, (memory, type, offset, first) -> {
            HostTensor block = HostTensor.read(type, memory, offset);
            for (int i = 0; i < block.size(); i++) {
                wrong.compare(first + i, block.getDouble(i), expected(first + i));
            }
        });
        if (wrong.count > 0) {
            throw new VerificationException("wrong " + when + ": rank " + rank + " of " + ranks + ", " + reduction
                    + " of " + tensor.type() + ": element " + wrong.worst + " is " + wrong.actual + ", expected "
                    + wrong.expected + "; " + wrong.count + " elements are wrong; seed " + seed);
        }
    }

    /** The worst element so far; one that is no number is the worst of all. */
    private static final class Wrong {
        private final double slack;
        private long count;
        private long worst;
        private double error;
        private double actual;
        private long expected;

        Wrong(double slack) {
            this.slack = slack;
        }

        void compare(long i, double is, long should) {
            double distance = Double.isNaN(is) ? Double.POSITIVE_INFINITY : Math.abs(is - should);
            if (distance <= slack * Math.abs(should)) {
                return;
            }
            if (count++ == 0 || distance > error) {
                worst = i;
                error = distance;
                actual = is;
                expected = should;
            }
        }
    }

    private interface Block {
        void visit(Memory memory, TensorType type, long offset, long firstElement);
    }

    /** Piece by piece, so that tensors may be larger than what Java holds in one. */
    private void forEachBlock(Tensor tensor, Block block) {
        long all = tensor.shape().elements();
        long most = dtype.byteSize(1) == 0 ? 0 : Device.LARGEST_BLOCK / dtype.byteSize(1);
        Memory memory = tensor.lease();
        try {
            for (long first = 0; first < all; first += most) {
                TensorType type = TensorType.of(dtype, Math.min(most, all - first));
                block.visit(memory, type, dtype.byteSize(first), first);
            }
        } finally {
            tensor.endLease();
        }
    }
}
