package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.OperatorTest;
import java.util.stream.Stream;

class EinsumTest extends OperatorTest {
    @Override
    protected Stream<Case> cases() {
        HostTensor a = HostTensor.of(Shape.of(2, 3), 1f, 2f, 3f, 4f, 5f, 6f);
        HostTensor b = HostTensor.of(Shape.of(3, 2), 1f, 0f, 0f, 1f, 1f, 1f);
        HostTensor square = HostTensor.of(Shape.of(2, 2), 1L, 2L, 3L, 4L);
        return Stream.of(
                Case.of("matrix product", new Einsum("ij,jk->ik"))
                        .input(a)
                        .input(b)
                        .expect(HostTensor.of(Shape.of(2, 2), 4f, 5f, 10f, 11f)),
                Case.of("implied result, spaces", new Einsum(" ij , jk "))
                        .input(a)
                        .input(b)
                        .expect(HostTensor.of(Shape.of(2, 2), 4f, 5f, 10f, 11f)),
                Case.of("transposed", new Einsum("ba"))
                        .input(a)
                        .expect(HostTensor.of(Shape.of(3, 2), 1f, 4f, 2f, 5f, 3f, 6f)),
                Case.of("sum of all", new Einsum("ij->")).input(a).expect(HostTensor.of(Shape.SCALAR, 21f)),
                Case.of("diagonal of integers", new Einsum("ii->i"))
                        .input(square)
                        .expect(HostTensor.of(Shape.of(2), 1L, 4L)),
                Case.of("trace", new Einsum("ii")).input(square).expect(HostTensor.of(Shape.SCALAR, 5L)),
                Case.of("ellipses stretch", new Einsum("...i,...i->..."))
                        .input(a)
                        .input(HostTensor.of(Shape.of(3), 1f, 10f, 100f))
                        .expect(HostTensor.of(Shape.of(2), 321f, 654f)),
                Case.of("three operands", new Einsum("i,ij,j->"))
                        .input(HostTensor.of(Shape.of(2), 1f, 10f))
                        .input(a)
                        .input(HostTensor.of(Shape.of(3), 1f, 1f, 0f))
                        .expect(HostTensor.of(Shape.SCALAR, 93f)),
                Case.of("nothing to sum up", new Einsum("ij,jk->ik"))
                        .input(HostTensor.of(Shape.of(1, 0), new float[0]))
                        .input(HostTensor.of(Shape.of(0, 2), new float[0]))
                        .expect(HostTensor.of(Shape.of(1, 2), 0f, 0f)),
                Case.of("rejects other sizes", new Einsum("ij,jk"))
                        .input(a)
                        .input(a)
                        .rejects("sizes of one axis differ: 3 and 2"),
                Case.of("rejects another number of axes", new Einsum("ijk"))
                        .input(a)
                        .rejects("'ijk' names 3 axes, given [2, 3]"),
                Case.of("rejects an axis from nowhere", new Einsum("ij->ik"))
                        .input(a)
                        .rejects("occur in an operand"),
                Case.of("rejects strings", new Einsum("i"))
                        .input(HostTensor.of(Shape.of(1), "a"))
                        .rejects("expected operands of one numeric type"),
                Case.of("rejects two types", new Einsum("i,i"))
                        .input(HostTensor.of(Shape.of(1), 1f))
                        .input(HostTensor.of(DType.FLOAT64, Shape.of(1), 1))
                        .rejects("expected operands of one numeric type"));
    }
}
