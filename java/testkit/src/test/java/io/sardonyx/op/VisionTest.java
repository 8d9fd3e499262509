package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.List;
import java.util.stream.Stream;

/** Operators that take images apart and put them together: regions, blocks, crops. */
class VisionTest extends OperatorTest {
    @Override
    protected Stream<Case> cases() {
        return Stream.of(regions(), affine(), blocks(), crops(), columns(), causal())
                .flatMap(s -> s);
    }

    private static HostTensor row(double... values) {
        return HostTensor.of(DType.FLOAT32, Shape.of(1, values.length), values);
    }

    private static Stream<Case> regions() {
        HostTensor nine = Data.range(DType.FLOAT32, 1, 1, 3, 3);
        MaxRoiPool pool = new MaxRoiPool(List.of(2L, 1L), 1);
        return Stream.of(
                Case.of("largest of each cell", pool)
                        .input(nine)
                        .input(row(0, 0, 1, 2, 2))
                        .expect(HostTensor.of(DType.FLOAT32, Shape.of(1, 1, 2, 1), 5, 8)),
                Case.of("empty cells are 0", pool)
                        .input(nine)
                        .input(row(0, 7, 7, 8, 8))
                        .expect(HostTensor.of(DType.FLOAT32, Shape.of(1, 1, 2, 1), 0, 0)),
                Case.of("rejects a batch that is not a number", pool)
                        .input(nine)
                        .input(row(Float.NaN, 0, 1, 2, 2))
                        .rejects("MaxRoiPool: batch index NaN is outside [0, 1)"));
    }

    private static Stream<Case> affine() {
        HostTensor size = HostTensor.of(Shape.of(4), 1L, 1L, 1L, 2L);
        HostTensor swap = HostTensor.of(DType.FLOAT32, Shape.of(1, 2, 3), 0, 1, 0, 1, 0, 10);
        return Stream.of(
                Case.of("affine: x and y exchanged, y moved", new AffineGrid(false))
                        .input(swap)
                        .input(size)
                        .expect(HostTensor.of(DType.FLOAT32, Shape.of(1, 1, 2, 2), 0, 9.5, 0, 10.5)),
                Case.of("affine, corners aligned", new AffineGrid(true))
                        .input(swap)
                        .input(size)
                        .expect(HostTensor.of(DType.FLOAT32, Shape.of(1, 1, 2, 2), 0, 9, 0, 11)),
                Case.of("rejects a theta of another shape", new AffineGrid(true))
                        .input(Data.normal(1, 1, 3, 4))
                        .input(size)
                        .rejects("AffineGrid: expected theta [N, 2, 3]"));
    }

    private static Stream<Case> blocks() {
        HostTensor depth = HostTensor.of(DType.INT32, Shape.of(1, 8, 1, 1), 0, 1, 2, 3, 4, 5, 6, 7);
        HostTensor space = HostTensor.of(DType.INT32, Shape.of(1, 2, 2, 2), 0, 2, 4, 6, 1, 3, 5, 7);
        return Stream.of(
                Case.of("depth first", new DepthToSpace(2, true)).input(depth).expect(space),
                Case.of("column first", new DepthToSpace(2, false))
                        .input(depth)
                        .expect(HostTensor.of(DType.INT32, Shape.of(1, 2, 2, 2), 0, 1, 2, 3, 4, 5, 6, 7)),
                Case.of("and back", new SpaceToDepth(2)).input(space).expect(depth),
                Case.of("depth of an image", new DepthToSpace(3, true)).input(Data.normal(1, 2, 18, 5, 7)),
                Case.of("columns of an image", new DepthToSpace(3, false)).input(Data.normal(1, 2, 18, 5, 7)),
                Case.of("space of an image", new SpaceToDepth(3)).input(Data.normal(1, 2, 4, 6, 15)),
                Case.of("strings", new SpaceToDepth(1))
                        .input(HostTensor.of(Shape.of(1, 1, 1, 2), "a", "b"))
                        .expect(HostTensor.of(Shape.of(1, 1, 1, 2), "a", "b")),
                Case.of("rejects channels that do not divide", new DepthToSpace(2, true))
                        .input(Data.normal(1, 1, 6, 2, 2))
                        .rejects("DepthToSpace: expected X [N, C, H, W] with C divisible"),
                Case.of("rejects a height that does not divide", new SpaceToDepth(2))
                        .input(Data.normal(1, 1, 6, 3, 2))
                        .rejects("SpaceToDepth: expected X [N, C, H, W]"));
    }

    private static Stream<Case> crops() {
        HostTensor nine = Data.range(DType.INT64, 1, 1, 3, 3);
        HostTensor five = HostTensor.of(Shape.of(5), 1L, 2L, 3L, 4L, 5L);
        CenterCropPad centre = new CenterCropPad(List.of());
        return Stream.of(
                Case.of("left 1, top 0, right 0, bottom 2", new Crop(List.of(1L, 0L, 0L, 2L), List.of()))
                        .input(nine)
                        .expect(HostTensor.of(Shape.of(1, 1, 1, 2), 1L, 2L)),
                Case.of("one high, two wide", new Crop(List.of(1L, 1L, 0L, 0L), List.of(1L, 2L)))
                        .input(nine)
                        .expect(HostTensor.of(Shape.of(1, 1, 1, 2), 4L, 5L)),
                Case.of("rejects what is cut off twice", new Crop(List.of(2L, 0L, 1L, 0L), List.of()))
                        .input(nine)
                        .rejects("Crop: borders [2, 0, 1, 0]"),
                Case.of("the centre of five", centre)
                        .input(five)
                        .input(HostTensor.of(Shape.of(1), 2L))
                        .expect(HostTensor.of(Shape.of(2), 2L, 3L)),
                Case.of("five in the centre", centre)
                        .input(five)
                        .input(HostTensor.of(Shape.of(1), 8L))
                        .expect(HostTensor.of(Shape.of(8), 0L, 1L, 2L, 3L, 4L, 5L, 0L, 0L)),
                Case.of("cut and padded, some axes", new CenterCropPad(List.of(-1L, 1L)))
                        .input(Data.normal(1, 2, 3, 4))
                        .input(HostTensor.of(Shape.of(2), 1L, 6L)),
                Case.of("rejects a missing size", centre)
                        .input(nine)
                        .input(HostTensor.of(Shape.of(1), 2L))
                        .rejects("CenterCropPad: expected a size for each of axes"));
    }

    private static Stream<Case> columns() {
        Col2Im operator = new Col2Im(Window.of());
        HostTensor two = HostTensor.of(Shape.of(1), 2L);
        return Stream.of(
                Case.of("overlapping blocks add up", operator)
                        .input(HostTensor.of(DType.INT8, Shape.of(1, 2, 2), 1, 100, 3, 100))
                        .input(HostTensor.of(Shape.of(1), 3L))
                        .input(two)
                        .expect(HostTensor.of(DType.INT8, Shape.of(1, 1, 3), 1, 103, 100)),
                Case.of("rejects blocks of another number", operator)
                        .input(Data.normal(1, 1, 2, 3))
                        .input(HostTensor.of(Shape.of(1), 3L))
                        .input(two)
                        .rejects("Col2Im: expected X [N, C · 2, 2]"));
    }

    private static Stream<Case> causal() {
        CausalConvWithState plain = new CausalConvWithState(Activation.NONE);
        HostTensor x = HostTensor.of(Shape.of(1, 1, 2), 3f, 4f);
        HostTensor w = HostTensor.of(Shape.of(1, 1, 3), 100f, 10f, 1f);
        return Stream.of(
                Case.of("the past is zero", plain)
                        .input(x)
                        .input(w)
                        .expect(HostTensor.of(Shape.of(1, 1, 2), 3f, 34f), HostTensor.of(Shape.of(1, 1, 2), 3f, 4f)),
                Case.of("the past is given", plain)
                        .input(x)
                        .input(w)
                        .input(HostTensor.of(Shape.of(1), .5f))
                        .input(HostTensor.of(Shape.of(1, 1, 2), 1f, 2f))
                        .expect(
                                HostTensor.of(Shape.of(1, 1, 2), 123.5f, 234.5f),
                                HostTensor.of(Shape.of(1, 1, 2), 3f, 4f)),
                Case.of("rejects a past of another length", plain)
                        .input(x)
                        .input(w)
                        .absent()
                        .input(Data.normal(1, 1, 1, 3))
                        .rejects("CausalConvWithState: past_state: expected [1, 1, 2]"));
    }
}
