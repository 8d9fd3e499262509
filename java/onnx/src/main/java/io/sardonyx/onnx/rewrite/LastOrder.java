package io.sardonyx.onnx.rewrite;

import io.sardonyx.op.ChannelsLastPool;
import io.sardonyx.op.Operator;
import io.sardonyx.op.Transpose;
import io.sardonyx.op.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** Channels last, for GPUs: [N, spatial axes, C]. */
final class LastOrder implements ChannelOrder {
    @Override
    public Operator there(int rank) {
        return new Transpose(
                Optional.of(perAxis(LongStream.range(0, rank).boxed().toList(), 0L, 0L)));
    }

    @Override
    public Operator back(long channels, int rank) {
        List<Long> axes = new ArrayList<>(List.of(0L, rank - 1L));
        LongStream.range(1, rank - 1).forEach(axes::add);
        return new Transpose(Optional.of(axes));
    }

    @Override
    public boolean joins(long channels) {
        return true;
    }

    @Override
    public int channelAxis(int rank) {
        return rank - 1;
    }

    @Override
    public List<Long> spatial(int rank) {
        return LongStream.range(1, rank - 1).boxed().toList();
    }

    @Override
    public <T> List<T> perAxis(List<T> plain, T blocks, T lanes) {
        List<T> arranged = new ArrayList<>(plain);
        arranged.add(arranged.remove(1));
        return arranged;
    }

    @Override
    public long[] channelShape(long channels, int rank) {
        long[] shape = new long[rank];
        Arrays.fill(shape, 1);
        shape[rank - 1] = channels;
        return shape;
    }

    @Override
    public Operator pool(boolean max, Window window, boolean countIncludePad) {
        return new ChannelsLastPool(
                max ? ChannelsLastPool.Kind.MAX : ChannelsLastPool.Kind.AVERAGE, window, countIncludePad);
    }
}
