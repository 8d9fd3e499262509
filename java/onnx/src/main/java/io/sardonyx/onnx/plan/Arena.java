package io.sardonyx.onnx.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Gives blocks of known lifetimes their offsets in one piece of memory, so that blocks which do not live at the same time share
 * bytes. Greedy by size: the largest block first, each at the lowest offset that is free during its life.
 *
 * <p>Source: Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020 (greedy by size).
 */
final class Arena {
    static final int ALIGNMENT = 64;

    /** A block that lives from step {@code first} to step {@code last}, both included. */
    static final class Block {
        private long bytes;
        private int first;
        private int last;
        private long offset = -1;

        private Block(long bytes, int first) {
            this.bytes = bytes;
            this.first = first;
            this.last = first;
        }

        void use(int step) {
            last = Math.max(last, step);
        }

        void useFrom(int step) {
            first = Math.min(first, step);
        }

        int first() {
            return first;
        }

        /** It is not needed after all. */
        void discard() {
            bytes = 0;
        }

        long offset() {
            return offset;
        }
    }

    private final List<Block> blocks = new ArrayList<>();
    private long size;

    Block add(long bytes, int step) {
        Block block = new Block((Math.max(bytes, 1) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT, step);
        blocks.add(block);
        return block;
    }

    /** Settles all offsets. */
    void settle() {
        blocks.removeIf(block -> block.bytes == 0);
        List<Block> bySize = new ArrayList<>(blocks);
        bySize.sort(Comparator.comparingLong((Block b) -> -b.bytes).thenComparingInt(b -> b.first));
        List<Block> settled = new ArrayList<>(); // by offset
        for (Block block : bySize) {
            long offset = 0;
            for (Block other : settled) {
                boolean together = other.first <= block.last && block.first <= other.last;
                if (together && other.offset < offset + block.bytes && offset < other.offset + other.bytes) {
                    offset = other.offset + other.bytes;
                }
            }
            block.offset = offset;
            size = Math.max(size, offset + block.bytes);
            int at = settled.size();
            while (at > 0 && settled.get(at - 1).offset > offset) {
                at--;
            }
            settled.add(at, block);
        }
    }

    /** Bytes of the whole arena. */
    long size() {
        return size;
    }

    /** Bytes that the blocks would take side by side. */
    long sizeWithoutReuse() {
        return blocks.stream().mapToLong(b -> b.bytes).sum();
    }
}
