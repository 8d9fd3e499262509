package io.sardonyx.op;

import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/**
 * Deals out the groups of an axis: element {@code i} of group {@code g} becomes element {@code i · group + g}. What rewrites make of the
 * Reshape, Transpose, Reshape by which the groups of one convolution reach all groups of the next.
 *
 * <p>{@code io.sardonyx} ChannelShuffle. Zhang et al., ShuffleNet, arXiv 1707.01083.
 *
 * @param axis of the channels; negative: counted from behind
 */
public record ChannelShuffle(long group, int axis) implements CopyOperator {
    static ChannelShuffle read(Attributes attributes) {
        return new ChannelShuffle(attributes.getInt("group"), (int) attributes.getInt("axis", 1));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        requireGroups(name(), in.shape(0).size(axis(in.shape(0))), group);
        return List.of(in.get(0));
    }

    private int axis(Shape x) {
        return x.axis(axis);
    }

    static void requireGroups(String operator, long channels, long group) {
        if (group < 1 || channels % group != 0) {
            throw new IllegalArgumentException(
                    operator + ": group " + group + " does not divide " + channels + " channels");
        }
    }

    /** The channel that comes to place {@code channel}. */
    static long source(long channel, long channels, long group) {
        return channel % group * (channels / group) + channel / group;
    }

    @Override
    public StridedCopy copy(Shape x) {
        int at = axis(x);
        long inner = x.elements(at + 1, x.rank());
        long each = x.size(at) / group;
        return StridedCopy.toDense(
                Shape.of(x.elements(0, at), each, group, inner), 0, x.size(at) * inner, inner, each * inner, 1);
    }
}
