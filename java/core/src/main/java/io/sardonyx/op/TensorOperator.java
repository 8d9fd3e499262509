package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/** An operator from tensors to tensors whose output types follow from the types (and perhaps some values) of its inputs. */
public non-sealed interface TensorOperator extends Operator {
    /**
     * The types of the outputs, one for each of {@link InputTypes#outputs()}; the place where inputs are checked.
     *
     * <p>A shape that depends on an input's <em>value</em> (Reshape, Slice, Range …) asks for {@link InputTypes#value}. What
     * only the run can know (an index inside Gather's data) is checked by {@link #reference} and the kernels.
     *
     * @throws IllegalArgumentException if the inputs do not fit, with expected and given: {@code MatMul: inner dimensions
     *     differ: [2, 3] x [4, 5]}
     */
    List<TensorType> infer(InputTypes in);

    /**
     * The definition, in obvious loops, accumulating in double. Every dtype of ONNX's type constraints. Writes every element
     * of every output; inputs are left as they are.
     *
     * @param out tensors of the types that {@link #infer} gave
     * @throws IllegalArgumentException for data it must refuse
     */
    void reference(Inputs in, List<HostTensor> out);

    /**
     * How a device runs this: the kernel's key and arguments; empty where there is no kernel for these types. A device that
     * does not have the kernel uses the reference instead, and says so in the model's placement.
     */
    default Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return Optional.empty();
    }

    /**
     * How every launch on a device that packs rearranges input {@code index}, if that is a constant of type {@code weight}, whatever
     * the other inputs are; so that a model can be loaded without keeping the weight as it was. Empty where launches differ.
     */
    default Optional<Launch.Pack> pack(int index, TensorType weight) {
        return Optional.empty();
    }

    /** Whether the same inputs give the same outputs; random operators without a seed say no, and are not folded. */
    default boolean deterministic() {
        return true;
    }

    /** Whether {@link #reference} reads only the types of its inputs, never an element (Shape, Size). */
    default boolean readsOnlyTypes() {
        return false;
    }

    /**
     * Whether output 0 is input 0, byte for byte, perhaps under another shape (Identity, Reshape, Squeeze), so that a planner
     * need not copy it.
     */
    default boolean aliases() {
        return false;
    }

    /**
     * Whether an element of output 0 depends on the elements of the inputs at its place alone, which broadcast by NumPy's rule; so that
     * it does not matter how tensors are laid out.
     */
    default boolean elementwise() {
        return false;
    }
}
