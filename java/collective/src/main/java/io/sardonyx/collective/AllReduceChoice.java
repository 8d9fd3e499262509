package io.sardonyx.collective;

import io.sardonyx.device.Device;
import java.util.List;

/**
 * Which kernel all-reduces so many bytes inside one node, and on how many blocks: the cheaper one by a model of both. Its numbers are
 * those of NCCL's model for its symmetric kernels on Hopper (src/sym_kernels.cc); not yet measured here.
 *
 * @param blocks of each rank; the same on all of them
 */
record AllReduceChoice(AllReduceAlgorithm algorithm, int blocks) {
    private static final int MOST_BLOCKS = 64;
    private static final int BLOCK_BYTES = 256 * 16;
    /** Launch, store, and seeing it at the other end. */
    private static final double ONE_SHOT_SECONDS = 4.5e-6;
    /** The same, with two meetings instead of flags that travel with the data. */
    private static final double TWO_SHOT_SECONDS = 7.8e-6;

    private static final double LINK_BYTES_A_SECOND = 320e9;
    private static final double BLOCK_BYTES_A_SECOND = 65e9;

    /** @param processors of each device; a rank takes no more blocks than that */
    static AllReduceChoice of(long bytes, int ranks, int processors) {
        int blocks = blocks(bytes, processors);
        boolean oneShot = bytes <= AllReduceAlgorithm.ONE_SHOT.mostBytes()
                && oneShotSeconds(bytes, ranks, blocks) <= twoShotSeconds(bytes, ranks, blocks);
        return new AllReduceChoice(oneShot ? AllReduceAlgorithm.ONE_SHOT : AllReduceAlgorithm.TWO_SHOT, blocks);
    }

    /**
     * What the smallest device has for each of its ranks: all ranks take the same number of blocks, and those that share a device have
     * to fit on it together.
     */
    static int processors(List<Device> devices) {
        return devices.stream()
                .mapToInt(device -> device.processors() / sharing(device, devices))
                .min()
                .orElseThrow();
    }

    private static int sharing(Device device, List<Device> devices) {
        return (int) devices.stream()
                .filter(other -> other.name().equals(device.name()))
                .count();
    }

    /** Enough blocks that each thread has 16 bytes, while the device has room. */
    static int blocks(long bytes, int processors) {
        long wanted = (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES;
        return (int) Math.max(1, Math.min(wanted, Math.min(MOST_BLOCKS, Math.max(1, processors))));
    }

    /** The same for whole rows, of which a block takes one at a time. */
    static int rowBlocks(long rows, int processors) {
        return (int) Math.max(1, Math.min(rows, Math.min(MOST_BLOCKS, processors)));
    }

    /** Every rank receives what every other has, each word with a flag of its size. */
    static double oneShotSeconds(long bytes, int ranks, int blocks) {
        return ONE_SHOT_SECONDS + 2.0 * bytes * (ranks - 1) / bandwidth(blocks);
    }

    /** Every rank reads its share of all others, and then receives theirs. */
    static double twoShotSeconds(long bytes, int ranks, int blocks) {
        return TWO_SHOT_SECONDS + 2.0 * bytes * (ranks - 1) / ranks / bandwidth(blocks);
    }

    private static double bandwidth(int blocks) {
        return Math.min(LINK_BYTES_A_SECOND, blocks * BLOCK_BYTES_A_SECOND);
    }
}
