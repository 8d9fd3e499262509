package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import io.sardonyx.testkit.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

class GemmTest extends OperatorTest {
    @Override
    protected Stream<Case> cases() {
        List<Case> cases = new ArrayList<>();
        HostTensor a = HostTensor.of(Shape.of(2, 2), 1f, 2f, 3f, 4f);
        HostTensor b = HostTensor.of(Shape.of(2, 2), 1f, 1f, 0f, 1f);
        cases.add(Case.of("all attributes", new Gemm(true, true, .5f, 2))
                .input(a)
                .input(b)
                .input(HostTensor.of(Shape.of(2), 10f, 20f))
                .expect(HostTensor.of(Shape.of(2, 2), 22f, 41.5f, 23f, 42f)));
        cases.add(Case.of("integers", new Gemm(false, false, 1, 2))
                .input(HostTensor.of(Shape.of(1, 2), 3L, 4L))
                .input(HostTensor.of(Shape.of(2, 1), 5L, 6L))
                .input(HostTensor.of(Shape.SCALAR, 1L))
                .expect(HostTensor.of(Shape.of(1, 1), 41L)));
        cases.add(Case.of("an activation", new FusedGemm(new Gemm(false, false, 1, 1), Activation.leakyRelu(.5f)))
                .input(a)
                .input(b)
                .input(HostTensor.of(Shape.of(1), -4f))
                .expect(HostTensor.of(Shape.of(2, 2), -1.5f, -.5f, -.5f, 3f)));
        long[][] addends = {{}, {1}, {1, 1}, {35}, {1, 35}, {26, 1}, {26, 35}};
        for (long[] addend : addends) {
            for (boolean transposed : new boolean[] {false, true}) {
                for (boolean weight : new boolean[] {false, true}) {
                    HostTensor left =
                            Data.integers(DType.FLOAT32, 1, -8, 8, transposed ? 17 : 26, transposed ? 26 : 17);
                    HostTensor right =
                            Data.integers(DType.FLOAT32, 2, -8, 8, transposed ? 35 : 17, transposed ? 17 : 35);
                    String name =
                            "C " + Shape.of(addend) + (transposed ? ", transposed" : "") + (weight ? ", a weight" : "");
                    Case c = Case.of(name, new Gemm(transposed, transposed, .5f, -2))
                            .input(left);
                    cases.add((weight ? c.constant(right) : c.input(right))
                            .input(Data.integers(DType.FLOAT32, 3, -8, 8, addend))
                            .within(Tolerance.EXACT));
                }
            }
        }
        cases.add(Case.of("float64", new Gemm(false, true, 1, 1))
                .input(Data.normal(DType.FLOAT64, 1, 7, 21))
                .constant(Data.normal(DType.FLOAT64, 2, 9, 21))
                .within(Tolerance.dot(DType.FLOAT64, 21)));
        cases.add(Case.of("rejects a stack", new Gemm(false, false, 1, 1))
                .input(Data.normal(1, 2, 2, 2))
                .input(b)
                .rejects("expected two matrices, given [2, 2, 2] x [2, 2]"));
        cases.add(Case.of("rejects inner dimensions after transposition", new Gemm(true, false, 1, 1))
                .input(Data.normal(1, 2, 3))
                .input(Data.normal(2, 3, 4))
                .rejects("inner dimensions differ: [2, 3] transposed x [3, 4]"));
        cases.add(Case.of("rejects a C that does not stretch", new Gemm(false, false, 1, 1))
                .input(a)
                .input(b)
                .input(Data.normal(1, 3, 2, 2))
                .rejects("C: expected what stretches to float32[2, 2]"));
        return cases.stream();
    }
}
