package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import io.sardonyx.testkit.Tolerance;
import java.util.stream.Stream;

/** LayerNormalization, RMSNormalization and the fused forms of both. */
class LayerNormalizationTest extends OperatorTest {
    private static final Tolerance ROW = Tolerance.of(1e-5, 1e-6);

    @Override
    protected Stream<Case> cases() {
        return Stream.of(facts(), plain(), skip(), rejected()).flatMap(s -> s);
    }

    private static LayerNormalization layer(long axis) {
        return new LayerNormalization(axis, 1e-5f, DType.FLOAT32);
    }

    private static Stream<Case> facts() {
        HostTensor x = HostTensor.of(Shape.of(1, 2), 1f, 3f);
        HostTensor gamma = HostTensor.of(Shape.of(2), 2f, 10f);
        HostTensor beta = HostTensor.of(Shape.of(2), 0f, 100f);
        return Stream.of(
                Case.of("mean 2, deviation 1", new LayerNormalization(-1, 0, DType.FLOAT32))
                        .input(x)
                        .input(gamma)
                        .input(beta)
                        .expect(
                                HostTensor.of(Shape.of(1, 2), -2f, 110f),
                                HostTensor.of(Shape.of(1, 1), 2f),
                                HostTensor.of(Shape.of(1, 1), 1f)),
                Case.of("root of mean square 5", new RMSNormalization(-1, 0))
                        .input(HostTensor.of(Shape.of(2), 1f, 7f))
                        .input(gamma)
                        .expect(HostTensor.of(Shape.of(2), 0.4f, 14f)),
                Case.of("skip and bias are added", new SkipLayerNormalization(0))
                        .input(HostTensor.of(Shape.of(1, 2), 0f, 1f))
                        .input(HostTensor.of(Shape.of(1, 2), 1f, 1f))
                        .input(gamma)
                        .input(beta)
                        .input(HostTensor.of(Shape.of(2), 0f, 1f))
                        .expect(
                                HostTensor.of(Shape.of(1, 2), -2f, 110f),
                                HostTensor.of(Shape.of(1, 1), 2f),
                                HostTensor.of(Shape.of(1, 1), 1f),
                                x),
                Case.of("equal values give the shift", layer(-1))
                        .input(HostTensor.of(Shape.of(1, 2), 1e6f, 1e6f))
                        .input(gamma)
                        .input(beta)
                        .expect(HostTensor.of(Shape.of(1, 2), 0f, 100f)),
                Case.of("NaN spoils its row only", layer(-1))
                        .input(HostTensor.of(Shape.of(2, 2), Float.NaN, 1f, 1f, 1f))
                        .input(gamma)
                        .expect(HostTensor.of(Shape.of(2, 2), Float.NaN, Float.NaN, 0f, 0f)));
    }

    private static Stream<Case> plain() {
        return Stream.of(
                        Stream.of(1, 3, 8, 15, 16, 17, 64, 127, 384, 1000)
                                .flatMap(n -> Stream.of(
                                        Case.of("rows of " + n, layer(-1))
                                                .input(Data.normal(n, 5, n))
                                                .input(Data.normal(2, n))
                                                .input(Data.normal(3, n))
                                                .outputs(3)
                                                .within(n == 1 ? Tolerance.of(1e-5, 1e-3) : ROW),
                                        Case.of("RMS of " + n, new RMSNormalization(-1, 1e-5f))
                                                .input(Data.normal(n, 3, n))
                                                .input(Data.normal(2, n))
                                                .within(ROW),
                                        Case.of(
                                                        "simplified, " + n,
                                                        new SimplifiedLayerNormalization(-1, 1e-5f, DType.FLOAT32))
                                                .input(Data.normal(n, 3, n))
                                                .input(Data.normal(2, n))
                                                .outputs(2)
                                                .within(ROW))),
                        Stream.of(
                                Case.of("far from zero", layer(-1))
                                        .input(Data.uniform(DType.FLOAT32, 1, 1000, 1001, 4, 384))
                                        .input(Data.normal(2, 384))
                                        .within(Tolerance.of(1e-3, 1e-3)),
                                Case.of("two axes", layer(1))
                                        .input(Data.normal(1, 3, 4, 5))
                                        .input(Data.normal(2, 4, 5))
                                        .input(Data.normal(3, 4, 5))
                                        .outputs(3)
                                        .within(ROW),
                                Case.of("scale broadcasts", layer(1))
                                        .input(Data.normal(1, 3, 4, 5))
                                        .input(Data.normal(2, 4, 1))
                                        .input(Data.normal(3, 1))
                                        .within(ROW),
                                Case.of("no rows", layer(-1))
                                        .input(Data.normal(1, 0, 4))
                                        .input(Data.normal(2, 4))
                                        .outputs(3),
                                Case.of("float16", layer(-1))
                                        .input(Data.normal(DType.FLOAT16, 1, 3, 40))
                                        .input(Data.normal(DType.FLOAT16, 2, 40))
                                        .outputs(2)),
                        Stream.of(DType.FLOAT16, DType.BFLOAT16)
                                .flatMap(type -> Stream.of(
                                        Case.of("two registers, " + type, layer(-1))
                                                .input(Data.normal(type, 1, 3, 1048))
                                                .input(Data.normal(type, 2, 1048))
                                                .input(Data.normal(type, 3, 1048)),
                                        Case.of("skip, " + type, new SkipLayerNormalization(1e-6f))
                                                .input(Data.normal(type, 1, 2, 3, 37))
                                                .input(Data.normal(type, 2, 1, 3, 37))
                                                .input(Data.normal(type, 3, 37))
                                                .input(Data.normal(type, 4, 37))
                                                .input(Data.normal(type, 5, 37))
                                                .outputs(4))),
                        Stream.of(1003, 1500, 16_388).map(n -> Case.of("long rows of " + n, layer(-1))
                                .input(Data.normal(1, 2, n))
                                .input(Data.normal(2, n))
                                .input(Data.normal(3, n))
                                .outputs(3)
                                .within(ROW)))
                .flatMap(s -> s);
    }

    private static Stream<Case> skip() {
        return Stream.of(7, 16, 384)
                .flatMap(n -> Stream.of(
                        Case.of("skip, " + n, new SkipLayerNormalization(1e-12f))
                                .input(Data.normal(1, 2, 3, n))
                                .input(Data.normal(2, 2, 3, n))
                                .input(Data.normal(3, n))
                                .input(Data.normal(4, n))
                                .input(Data.normal(5, n))
                                .outputs(4)
                                .within(ROW),
                        Case.of("skip for every batch, " + n, new SkipLayerNormalization(1e-12f))
                                .input(Data.normal(1, 2, 3, n))
                                .input(Data.normal(2, 1, 3, n))
                                .input(Data.normal(3, n))
                                .absent()
                                .input(Data.normal(5, n))
                                .within(ROW),
                        Case.of("simplified skip, " + n, new SkipSimplifiedLayerNormalization(1e-6f))
                                .input(Data.normal(1, 2, 3, n))
                                .input(Data.normal(2, 3, n))
                                .input(Data.normal(3, n))
                                .outputs(4)
                                .within(ROW)));
    }

    private static Stream<Case> rejected() {
        return Stream.of(
                Case.of("rejects a scale of another size", layer(-1))
                        .input(Data.normal(1, 2, 4))
                        .input(Data.normal(2, 3))
                        .rejects("do not broadcast"),
                Case.of("rejects a larger scale", layer(-1))
                        .input(Data.normal(1, 4))
                        .input(Data.normal(2, 2, 4))
                        .rejects("expected a shape that broadcasts to [4]"),
                Case.of("rejects empty rows", layer(-1))
                        .input(Data.normal(1, 2, 0))
                        .input(Data.normal(2, 1))
                        .rejects("have no elements"),
                Case.of("rejects integers", new RMSNormalization(-1, 0))
                        .input(HostTensor.of(Shape.of(1), 1L))
                        .input(Data.normal(2, 1))
                        .rejects("expected a float type"));
    }
}
