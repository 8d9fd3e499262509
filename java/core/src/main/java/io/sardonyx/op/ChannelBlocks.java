package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.Arrays;

/**
 * Tensors [N, C, spatial axes] with their channels in blocks: [N, ⌈C / 16⌉, spatial axes, 16], so that a vector is 16 channels of one
 * position. What the last block has behind channel C means nothing, and nobody reads anything into it. Rewrites bring graphs into this form.
 */
public final class ChannelBlocks {
    /** Channels of a block; {@code kernels/cpu/blocks.h} knows it too. */
    public static final int SIZE = 16;

    private ChannelBlocks() {}

    /** The number of blocks that hold so many channels. */
    public static long count(long channels) {
        return (channels + SIZE - 1) / SIZE;
    }

    /** The shape in blocks of a plain shape. */
    public static Shape blocked(Shape plain) {
        return plain.with(1, count(plain.size(1))).concat(Shape.of(SIZE));
    }

    /**
     * The plain shape of a shape in blocks.
     *
     * @throws IllegalArgumentException if {@code channels} do not need as many blocks as it has
     */
    static Shape plain(String operator, Shape blocked, long channels) {
        int last = blocked.rank() - 1;
        if (last < 2 || blocked.size(last) != SIZE || blocked.size(1) != count(channels)) {
            throw new IllegalArgumentException(operator + ": expected " + channels + " channels as [N, "
                    + count(channels) + ", spatial axes, " + SIZE + "], given " + blocked);
        }
        return blocked.slice(0, last).with(1, channels);
    }

    /** Moves {@code plain} into {@code blocked}, whose last block is filled up with zeros. */
    static void toBlocks(HostTensor plain, HostTensor blocked) {
        toBlocks(plain, blocked, 0);
    }

    /** Moves {@code plain} into {@code blocked}, whose last block is filled up with {@code filler}. */
    static void toBlocks(HostTensor plain, HostTensor blocked, double filler) {
        Places places = new Places(plain.shape());
        double[] fillers = new double[blocked.size()];
        Arrays.fill(fillers, filler);
        blocked.setAll(fillers);
        for (int i = 0; i < plain.size(); i++) {
            blocked.copy(places.blocked(i), plain, i);
        }
    }

    /** Moves {@code blocked} back. */
    static void toPlain(HostTensor blocked, HostTensor plain) {
        Places places = new Places(plain.shape());
        for (int i = 0; i < plain.size(); i++) {
            plain.copy(i, blocked, places.blocked(i));
        }
    }

    /** {@code plain} in blocks, in a tensor of its own. */
    static HostTensor toBlocks(HostTensor plain) {
        HostTensor blocked = HostTensor.allocate(plain.type().with(blocked(plain.shape())));
        toBlocks(plain, blocked);
        return blocked;
    }

    /** A tensor of {@code channels} channels in blocks, back in plain form. */
    static HostTensor toPlain(String operator, HostTensor blocked, long channels) {
        HostTensor plain = HostTensor.allocate(blocked.type().with(plain(operator, blocked.shape(), channels)));
        toPlain(blocked, plain);
        return plain;
    }

    private record Places(int channels, int positions, int blocks) {
        Places(Shape plain) {
            this((int) plain.size(1), (int) plain.elements(2, plain.rank()), (int) count(plain.size(1)));
        }

        /** Where element {@code i} of the plain tensor lies. */
        int blocked(int i) {
            int position = i % positions;
            int channel = i / positions % channels;
            int image = i / positions / channels;
            return ((image * blocks + channel / SIZE) * positions + position) * SIZE + channel % SIZE;
        }
    }
}
