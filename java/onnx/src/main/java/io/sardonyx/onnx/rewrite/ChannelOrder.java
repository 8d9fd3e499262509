package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.ChannelShuffle;
import io.sardonyx.op.Operator;
import io.sardonyx.op.Window;
import java.util.List;

/** Another order of the elements of a tensor [N, C, spatial axes], in which a device's convolutions are faster. */
interface ChannelOrder {
    /** What brings a plain tensor of so many axes into this order. */
    Operator there(int rank);

    /** What brings it back. */
    Operator back(long channels, int rank);

    /** Whether a tensor of so many channels may stand in front of another one in a Concat along channels. */
    boolean joins(long channels);

    /** The axis that Concat along channels joins. */
    int channelAxis(int rank);

    /** The axes that a plain tensor's spatial axes have become. */
    List<Long> spatial(int rank);

    /**
     * A number for each axis of a plain tensor, one for each axis in this order.
     *
     * @param blocks what stands for axes that hold whole blocks of channels
     * @param lanes what stands for axes along which the channels of a block lie
     */
    <T> List<T> perAxis(List<T> plain, T blocks, T lanes);

    /** The shape of one number for each channel, [C] as [1, C, 1, …] in this order. */
    long[] channelShape(long channels, int rank);

    /** {@link ChannelShuffle} of so many channels. */
    Operator shuffle(long group, long channels);

    Operator pool(boolean max, Window window, boolean countIncludePad);

    /** What multiplies each channel by one constant, adds another, and applies a function; both constants have shape [C]. */
    Node scale(Graph graph, Scaling scaling, String x, String y, int rank);
}
