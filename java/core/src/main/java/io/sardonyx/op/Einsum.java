package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Sums of products by Einstein's convention: {@code "ij,jk->ik"} is a matrix product. Each letter names an axis; a letter that
 * the result lacks is summed over; {@code ...} stands for axes that broadcast. Without an arrow the result has the axes of
 * {@code ...}, then the letters that occur once, in the order of the alphabet.
 *
 * <p>ONNX Einsum, opset 12. All numeric types; floats are summed up in double (reference), integers wrap around.
 */
public record Einsum(String equation) implements TensorOperator {
    static Einsum read(Attributes attributes) {
        return new Einsum(attributes.getString("equation"));
    }

    private EinsumLoops loops(List<Shape> shapes) {
        return EinsumLoops.of(equation, shapes);
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        for (int i = 0; i < in.size(); i++) {
            if (!(in.dtype(i).isFloat() || in.dtype(i).isInteger()) || in.dtype(i) != in.dtype(0)) {
                throw new IllegalArgumentException(
                        name() + ": expected operands of one numeric type, given " + in.get(0) + " and " + in.get(i));
            }
        }
        List<Shape> shapes = IntStream.range(0, in.size()).mapToObj(in::shape).toList();
        return List.of(in.get(0).with(loops(shapes).result()));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        List<HostTensor> operands =
                IntStream.range(0, in.size()).mapToObj(in::get).toList();
        EinsumLoops loops = loops(operands.stream().map(HostTensor::shape).toList());
        HostTensor y = out.get(0);
        if (y.dtype().isFloat()) {
            y.setAll(loops.sums(operands.stream().map(HostTensor::toDoubles).toList()));
        } else {
            y.setAll(
                    loops.wrappedSums(operands.stream().map(HostTensor::toLongs).toList()));
        }
    }
}
