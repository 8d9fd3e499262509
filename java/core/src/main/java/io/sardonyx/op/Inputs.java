package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/** The input tensors of an operator's reference; optional ones may be absent. */
public final class Inputs {
    private final HostTensor[] tensors;

    private Inputs(HostTensor[] tensors) {
        this.tensors = tensors;
    }

    /** A {@code null} entry stands for an absent optional input. */
    public static Inputs of(HostTensor... tensors) {
        return new Inputs(tensors.clone());
    }

    /** The number of inputs named by the node, absent ones in between included. */
    public int size() {
        return tensors.length;
    }

    public boolean has(int i) {
        return i < tensors.length && tensors[i] != null;
    }

    /** Input {@code i}, which is present. */
    public HostTensor get(int i) {
        if (!has(i)) {
            throw new IllegalArgumentException("input " + i + " is missing");
        }
        return tensors[i];
    }

    /** The types of these inputs, all values known. */
    public InputTypes types(int outputs) {
        List<TensorType> types = new ArrayList<>(tensors.length);
        for (HostTensor tensor : tensors) {
            types.add(tensor == null ? null : tensor.type());
        }
        return InputTypes.of(types, outputs, i -> tensors[i], i -> false);
    }
}
