package io.sardonyx.parallel;

import io.sardonyx.collective.Member;
import io.sardonyx.collective.Reduction;
import io.sardonyx.collective.Work;
import io.sardonyx.device.Device;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.ModelBuilder;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.ValueInfo;
import io.sardonyx.onnx.plan.Placement;
import io.sardonyx.op.AllReduce;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One rank's model, on its member's device. Used by one thread at a time. */
final class Rank implements AutoCloseable {
    private final Member member;
    private final int ranks;
    private final Model model;
    private SplitGraph split;
    private List<ValueInfo> inputs;
    private List<ValueInfo> outputs;
    private Progress progress;

    Rank(ModelBuilder builder, Member member) {
        this.member = member;
        ranks = member.group().size();
        model = builder.device(member.device())
                .edit(this::split)
                .collectives(this::allReduce)
                .load();
    }

    private void split(Graph graph) {
        inputs = List.copyOf(graph.inputs());
        outputs = List.copyOf(graph.outputs());
        split = SplitGraph.apply(graph, member.rank(), ranks);
    }

    private void allReduce(Tensor tensor, AllReduce operator) {
        progress.begin(member.rank(), tensor.type().byteSize());
        Work work = member.allReduce(tensor, Reduction.valueOf(operator.reduction()));
        progress.come(member.rank());
        work.await();
    }

    SplitGraph split() {
        return split;
    }

    /** As the model declares them, whole. */
    List<ValueInfo> inputs() {
        return inputs;
    }

    List<ValueInfo> outputs() {
        return outputs;
    }

    Device device() {
        return member.device();
    }

    /** @param types of whole inputs */
    List<Placement> placement(List<TensorType> types) {
        List<TensorType> own = new ArrayList<>(types);
        for (int i = 0; i < inputs.size() && i < own.size(); i++) {
            Layout layout = split.inputs().get(inputs.get(i).name());
            if (layout != null) {
                own.set(i, layout.pieceOf(own.get(i), ranks));
            }
        }
        return model.placement(own);
    }

    /** @param given whole inputs */
    Outputs run(Map<String, ?> given, Progress together) {
        progress = together;
        try {
            Map<String, Object> own = new HashMap<>(given);
            split.inputs().forEach((name, layout) -> own.computeIfPresent(name, (n, whole) -> piece(n, layout, whole)));
            return model.run(own);
        } catch (RuntimeException e) {
            together.fail(member.rank(), e);
            throw e;
        } catch (Error e) {
            together.fail(member.rank(), new IllegalStateException("rank " + member.rank() + ": " + e, e));
            throw e;
        }
    }

    /** What is no tensor is left to the model, which refuses it. */
    private Object piece(String name, Layout layout, Object value) {
        if (!(value instanceof HostTensor whole)) {
            return value;
        }
        int axis = layout.axis();
        if (axis >= whole.shape().rank() || whole.shape().size(axis) != layout.size()) {
            throw new IllegalArgumentException(
                    "input '" + name + "': expected " + layout.size() + " at axis " + axis + ", given " + whole.type());
        }
        return layout.piece(whole, member.rank(), ranks);
    }

    @Override
    public void close() {
        model.close();
    }
}
