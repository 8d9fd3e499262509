package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.BlockChannels;
import io.sardonyx.op.BlockedPool;
import io.sardonyx.op.BlockedScale;
import io.sardonyx.op.BlockedShuffle;
import io.sardonyx.op.ChannelBlocks;
import io.sardonyx.op.Operator;
import io.sardonyx.op.UnblockChannels;
import io.sardonyx.op.Window;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** {@link ChannelBlocks}, for CPUs: [N, blocks, spatial axes, lanes]. */
final class BlockOrder implements ChannelOrder {
    @Override
    public Operator there(int rank) {
        return new BlockChannels();
    }

    @Override
    public Operator back(long channels, int rank) {
        return new UnblockChannels(channels);
    }

    @Override
    public boolean joins(long channels) {
        return channels % ChannelBlocks.SIZE == 0;
    }

    @Override
    public int channelAxis(int rank) {
        return 1;
    }

    @Override
    public List<Long> spatial(int rank) {
        return LongStream.range(2, rank).boxed().toList();
    }

    @Override
    public <T> List<T> perAxis(List<T> plain, T blocks, T lanes) {
        List<T> arranged = new ArrayList<>(plain);
        arranged.set(1, blocks);
        arranged.add(lanes);
        return arranged;
    }

    @Override
    public long[] channelShape(long channels, int rank) {
        long[] shape = new long[rank + 1];
        Arrays.fill(shape, 1);
        shape[1] = ChannelBlocks.count(channels);
        shape[rank] = ChannelBlocks.SIZE;
        return shape;
    }

    @Override
    public Operator shuffle(long group, long channels) {
        return new BlockedShuffle(group, channels);
    }

    @Override
    public Operator pool(boolean max, Window window, boolean countIncludePad) {
        return new BlockedPool(max, window, countIncludePad);
    }

    @Override
    public Node scale(Graph graph, Scaling scaling, String x, String y, int rank) {
        Shape shape = Shape.of(scaling.factor().length);
        return Node.of(
                scaling.name(),
                new BlockedScale(scaling.activation()),
                List.of(
                        x,
                        graph.addConstant(
                                scaling.name() + "_factor", HostTensor.of(DType.FLOAT32, shape, scaling.factor())),
                        graph.addConstant(
                                scaling.name() + "_shift", HostTensor.of(DType.FLOAT32, shape, scaling.shift()))),
                List.of(y));
    }
}
