package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.Activation;
import io.sardonyx.op.ChannelShuffle;
import io.sardonyx.op.ChannelsLastPool;
import io.sardonyx.op.ElementFunction;
import io.sardonyx.op.ElementStep;
import io.sardonyx.op.FusedElementwise;
import io.sardonyx.op.Operator;
import io.sardonyx.op.Transpose;
import io.sardonyx.op.Window;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
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
    public Operator shuffle(long group, long channels) {
        return new ChannelShuffle(group, -1);
    }

    @Override
    public Operator pool(boolean max, Window window, boolean countIncludePad) {
        return new ChannelsLastPool(
                max ? ChannelsLastPool.Kind.MAX : ChannelsLastPool.Kind.AVERAGE, window, countIncludePad);
    }

    @Override
    public Node scale(Graph graph, Scaling scaling, String x, String y, int rank) {
        Shape shape = Shape.of(channelShape(scaling.factor().length, rank));
        List<ElementStep> steps = new ArrayList<>();
        steps.add(new ElementStep(ElementFunction.MUL, ElementStep.input(0), ElementStep.input(1), 0, 0));
        steps.add(new ElementStep(ElementFunction.ADD, ElementStep.result(0), ElementStep.input(2), 0, 0));
        if (scaling.activation().equals(Activation.RELU)) {
            steps.add(new ElementStep(ElementFunction.RELU, ElementStep.result(1), ElementStep.CONSTANT, 0, 0));
        }
        return Node.of(
                scaling.name(),
                new FusedElementwise(steps, 0),
                List.of(
                        x,
                        graph.addConstant(
                                scaling.name() + "_factor", HostTensor.of(DType.FLOAT32, shape, scaling.factor())),
                        graph.addConstant(
                                scaling.name() + "_shift", HostTensor.of(DType.FLOAT32, shape, scaling.shift()))),
                List.of(y));
    }
}
