package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import io.sardonyx.testkit.Tolerance;
import java.util.List;
import java.util.stream.Stream;

/** GroupNormalization, MeanVarianceNormalization, LpNormalization and EmbedLayerNormalization. */
class NormalizationTest extends OperatorTest {
    @Override
    protected Stream<Case> cases() {
        return Stream.of(group(), lp(), meanVariance(), embed()).flatMap(s -> s);
    }

    private static HostTensor floats(float... values) {
        return HostTensor.of(Shape.of(values.length), values);
    }

    private static Stream<Case> group() {
        HostTensor x = HostTensor.of(Shape.of(1, 4, 1), 1f, 3f, 10f, 30f);
        return Stream.of(
                Case.of("scale per channel", new GroupNormalization(2, 0, false))
                        .input(x)
                        .input(floats(1, 2, 3, 4))
                        .input(floats(0, 0, 10, 10))
                        .expect(HostTensor.of(Shape.of(1, 4, 1), -1f, 2f, 7f, 14f)),
                Case.of("scale per group before opset 21", new GroupNormalization(2, 0, true))
                        .input(x)
                        .input(floats(1, 2))
                        .input(floats(0, 10))
                        .expect(HostTensor.of(Shape.of(1, 4, 1), -1f, 1f, 8f, 12f)),
                Case.of("planes", new GroupNormalization(3, 1e-5f, false))
                        .input(Data.normal(1, 2, 6, 5, 3))
                        .input(Data.normal(2, 6))
                        .input(Data.normal(3, 6))
                        .within(Tolerance.of(1e-5, 1e-6)),
                Case.of("far from zero, per group", new GroupNormalization(2, 1e-5f, true))
                        .input(Data.uniform(io.sardonyx.tensor.DType.FLOAT32, 4, 99, 101, 3, 4, 67))
                        .input(Data.normal(2, 2))
                        .input(Data.normal(3, 2))
                        .within(Tolerance.of(1e-5, 1e-5)),
                Case.of("groups of 20,010", new GroupNormalization(2, 1e-5f, false))
                        .input(Data.uniform(io.sardonyx.tensor.DType.FLOAT32, 5, 9, 11, 1, 6, 29, 230))
                        .input(Data.normal(2, 6))
                        .input(Data.normal(3, 6))
                        .within(Tolerance.of(1e-5, 1e-5)),
                Case.of("bfloat16", new GroupNormalization(2, 1e-5f, false))
                        .input(Data.normal(io.sardonyx.tensor.DType.BFLOAT16, 1, 2, 6, 57))
                        .input(Data.normal(io.sardonyx.tensor.DType.BFLOAT16, 2, 6))
                        .input(Data.normal(io.sardonyx.tensor.DType.BFLOAT16, 3, 6)),
                Case.of("rejects groups that do not fit", new GroupNormalization(3, 0, false))
                        .input(x)
                        .input(floats(1, 2, 3, 4))
                        .input(floats(1, 2, 3, 4))
                        .rejects("4 channels do not fall into 3 groups"));
    }

    private static Stream<Case> lp() {
        HostTensor x = HostTensor.of(Shape.of(2, 2), 3f, 4f, 0f, 0f);
        return Stream.of(
                Case.of("2-norm", new LpNormalization(-1, 2))
                        .input(x)
                        .expect(HostTensor.of(Shape.of(2, 2), 0.6f, 0.8f, 0f, 0f)),
                Case.of("1-norm of columns", new LpNormalization(0, 1))
                        .input(HostTensor.of(Shape.of(2, 1), -1f, 3f))
                        .expect(HostTensor.of(Shape.of(2, 1), -0.25f, 0.75f)),
                Case.of("2-norm of long rows", new LpNormalization(1, 2)).input(Data.normal(1, 3, 131)),
                Case.of("1-norm of the middle axis", new LpNormalization(1, 1)).input(Data.normal(1, 3, 5, 67)),
                Case.of("NaN spoils its row only", new LpNormalization(1, 2))
                        .input(HostTensor.of(Shape.of(2, 2), Float.NaN, 1f, 0f, 2f))
                        .expect(HostTensor.of(Shape.of(2, 2), Float.NaN, Float.NaN, 0f, 1f)),
                Case.of("2-norm of rows of 1,300", new LpNormalization(1, 2)).input(Data.normal(1, 2, 1300)),
                Case.of("2-norm of float16", new LpNormalization(1, 2))
                        .input(Data.normal(io.sardonyx.tensor.DType.FLOAT16, 1, 3, 131)),
                Case.of("no rows", new LpNormalization(1, 2)).input(Data.normal(1, 0, 5)),
                Case.of("rejects the 3-norm", new LpNormalization(0, 3))
                        .input(x)
                        .rejects("expected 1 or 2, given 3"));
    }

    private static Stream<Case> meanVariance() {
        return Stream.of(
                Case.of("columns", new MeanVarianceNormalization(List.of(0L)))
                        .input(HostTensor.of(Shape.of(2, 2), 1f, 10f, 3f, 30f))
                        .expect(HostTensor.of(Shape.of(2, 2), -1f, -1f, 1f, 1f)),
                Case.of("constant gives zero", new MeanVarianceNormalization(List.of(-1L)))
                        .input(floats(5, 5))
                        .expect(floats(0, 0)),
                Case.of("rejects an axis outside", new MeanVarianceNormalization(List.of(0L, 2L, 3L)))
                        .input(floats(5, 5))
                        .rejects("axis 2 is out of range"));
    }

    private static Stream<Case> embed() {
        HostTensor table = HostTensor.of(Shape.of(3, 2), 0f, 0f, 1f, 3f, 0f, 10f);
        HostTensor positions = HostTensor.of(Shape.of(2, 2), 0f, 0f, 0f, 0f);
        return Stream.of(
                Case.of("words, positions and a mask", new EmbedLayerNormalization(0))
                        .input(HostTensor.of(Shape.of(1, 2), 1L, 2L))
                        .absent()
                        .input(table)
                        .input(positions)
                        .absent()
                        .input(floats(1, 1))
                        .input(floats(0, 5))
                        .input(HostTensor.of(Shape.of(1, 2), 1L, 0L))
                        .expect(
                                HostTensor.of(Shape.of(1, 2, 2), -1f, 6f, -1f, 6f),
                                HostTensor.of(io.sardonyx.tensor.DType.INT32, Shape.of(1), 1),
                                HostTensor.of(Shape.of(1, 2, 2), 1f, 3f, 0f, 10f)),
                Case.of("segments and position ids", new EmbedLayerNormalization(1e-5f))
                        .input(HostTensor.of(Shape.of(2, 3), 0L, 1L, 2L, 3L, 4L, 4L))
                        .input(HostTensor.of(Shape.of(2, 3), 0L, 1L, 1L, 0L, 0L, 1L))
                        .input(Data.normal(1, 5, 17))
                        .input(Data.normal(2, 4, 17))
                        .input(Data.normal(3, 2, 17))
                        .input(Data.normal(4, 17))
                        .input(Data.normal(5, 17))
                        .absent()
                        .input(HostTensor.of(Shape.of(1, 3), 3L, 0L, 1L))
                        .outputs(3)
                        .within(Tolerance.of(1e-5, 1e-6)),
                Case.of("rejects an unknown word", new EmbedLayerNormalization(0))
                        .input(HostTensor.of(Shape.of(1, 1), 3L))
                        .absent()
                        .input(table)
                        .input(positions)
                        .absent()
                        .input(floats(1, 1))
                        .input(floats(0, 5))
                        .rejects("index 3 is outside [0, 3)"));
    }
}
