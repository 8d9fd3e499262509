package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * The {@code k} largest (or smallest) elements along an axis, best first, and their int64 indices; among equals the lower index
 * comes first. NaN counts as larger than every number. The result is sorted even where ONNX does not ask for it.
 *
 * <p>ONNX TopK, opsets 1 to 24: {@code k} is an attribute in opset 1, input 1 since 10; {@code largest} came with 11.
 */
public record TopK(long axis, boolean largest, OptionalLong fixedK) implements TensorOperator {
    static TopK read(Attributes attributes) {
        return new TopK(
                attributes.getInt("axis", -1),
                attributes.getFlag("largest", true),
                attributes.opset() < 10 ? OptionalLong.of(attributes.getInt("k")) : OptionalLong.empty());
    }

    private long k(InputTypes in) {
        if (fixedK.isPresent()) {
            return fixedK.getAsLong();
        }
        if (!in.dtype(1).isInteger() || in.shape(1).elements() != 1) {
            throw new IllegalArgumentException("TopK: k: expected one integer, given " + in.get(1));
        }
        return in.value(1).getLong(0);
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        if (!in.dtype(0).isFloat() && !in.dtype(0).isInteger()) {
            throw new IllegalArgumentException("TopK: expected numbers, given " + in.get(0));
        }
        int at = in.shape(0).axis(axis);
        long k = k(in);
        if (k < 0 || k > in.shape(0).size(at)) {
            throw new IllegalArgumentException(
                    "TopK: k: expected 0 to " + in.shape(0).size(at) + ", given " + k);
        }
        TensorType values = in.get(0).with(in.shape(0).with(at, k));
        return List.of(values, values.with(DType.INT64)).subList(0, in.outputs());
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        AxisFold from = AxisFold.of(x.shape(), axis);
        AxisFold to = AxisFold.of(out.get(0).shape(), axis);
        Comparator<Integer> order = (i, j) -> Ordering.compare(x, i, j);
        for (int lane = 0; lane < to.lanes(); lane++) {
            int start = from.start(lane);
            List<Integer> best = IntStream.range(0, from.length())
                    .mapToObj(i -> start + i * from.step())
                    .sorted(largest ? order.reversed() : order)
                    .toList();
            for (int i = 0; i < to.length(); i++) {
                int y = to.start(lane) + i * to.step();
                out.get(0).copy(y, x, best.get(i));
                if (out.size() > 1) {
                    out.get(1).set(y, (long) (best.get(i) - start) / from.step());
                }
            }
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        if (out.size() < 2 || in.shape(0).rank() > 8) {
            return Optional.empty();
        }
        AxisFold fold = AxisFold.of(in.shape(0), axis);
        return Optional.of(Launch.of("top_k", in.dtype(0))
                .input(0)
                .output(0)
                .output(1)
                .params(fold.toArray())
                .param(out.get(0).shape().size(in.shape(0).axis(axis)))
                .param(largest ? 1 : 0)
                .scratchPerThread(Math.multiplyExact(
                        16, out.get(0).shape().size(in.shape(0).axis(axis)))));
    }
}
