package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Operators that take images apart and put them together: regions, grids, blocks, crops. */
class VisionTest extends OperatorTest {
    @Override
    protected Stream<Case> cases() {
        return Stream.of(regions(), grids(), sampledEverywhere(), blocks(), crops(), columns(), deformed(), causal())
                .flatMap(s -> s);
    }

    private static HostTensor image(double... values) {
        int size = (int) Math.sqrt(values.length);
        return HostTensor.of(DType.FLOAT32, Shape.of(1, 1, size, size), values);
    }

    private static HostTensor row(double... values) {
        return HostTensor.of(DType.FLOAT32, Shape.of(1, values.length), values);
    }

    private static Stream<Case> regions() {
        HostTensor nine = Data.range(DType.FLOAT32, 1, 1, 3, 3);
        HostTensor first = HostTensor.of(Shape.of(1), 0L);
        RoiAlign mean = new RoiAlign(false, 1, 1, 2, 1, true);
        HostTensor region = row(0.5, 0.5, 2.5, 2.5);
        MaxRoiPool pool = new MaxRoiPool(List.of(2L, 1L), 1);
        return Stream.of(
                Case.of("the mean of four samples", mean)
                        .input(nine)
                        .input(region)
                        .input(first)
                        .expect(image(4)),
                Case.of(
                                "before opset 16 nothing is shifted",
                                RoiAlign.read(Attributes.of(10, Map.of("sampling_ratio", 1L))))
                        .input(nine)
                        .input(row(0, 0, 2, 2))
                        .input(first)
                        .expect(image(4)),
                Case.of("as many samples as elements", new RoiAlign(false, 3, 2, 0, .5f, false))
                        .input(Data.normal(1, 2, 3, 9, 11))
                        .input(Data.uniform(DType.FLOAT32, 2, 0, 20, 5, 4))
                        .input(HostTensor.of(Shape.of(5), 0L, 1L, 1L, 0L, 1L)),
                Case.of("nothing far outside", mean)
                        .input(nine)
                        .input(row(100, 100, 104, 104))
                        .input(first)
                        .expect(image(0)),
                Case.of("rejects a batch index outside", mean)
                        .input(nine)
                        .input(region)
                        .input(HostTensor.of(Shape.of(1), 1L))
                        .rejects("RoiAlign: batch index 1 is outside [0, 1)"),
                Case.of("rejects a region without end", new RoiAlign(false, 1, 1, 0, 1, true))
                        .input(nine)
                        .input(row(0, 0, 1e30, 1e30))
                        .input(first)
                        .rejects("RoiAlign: a region of length"),
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

    private static Case sampled(String name, GridSample operator, double... expected) {
        HostTensor grid = HostTensor.of(
                DType.FLOAT32, Shape.of(1, 1, 4, 2), -.5, -.5, 0, 0, 1.5, .5, Double.POSITIVE_INFINITY, 0);
        Case c = Case.of(name, operator).input(image(1, 2, 3, 4)).input(grid);
        return expected.length == 0 ? c : c.expect(HostTensor.of(DType.FLOAT32, Shape.of(1, 1, 1, 4), expected));
    }

    /** Every mode, outside and alignment, on a line, an image and a volume, with coordinates far away and none at all. */
    private static Stream<Case> sampledEverywhere() {
        List<Case> cases = new ArrayList<>();
        for (Resize.Mode mode : Resize.Mode.values()) {
            for (GridSample.Padding padding : GridSample.Padding.values()) {
                for (boolean aligned : new boolean[] {false, true}) {
                    var operator = new GridSample(mode, padding, aligned);
                    for (long[] size : new long[][] {{7}, {5, 6}, {3, 1, 4}}) {
                        Shape axes = Shape.of(size);
                        HostTensor grid = Data.uniform(
                                DType.FLOAT32,
                                2,
                                -2.5,
                                2.5,
                                Shape.of(2)
                                        .concat(axes)
                                        .concat(Shape.of(size.length))
                                        .toArray());
                        grid.set(0, Double.NaN);
                        grid.set(size.length, Double.POSITIVE_INFINITY);
                        grid.set(2 * size.length, -1e30);
                        cases.add(Case.of(operator + " of " + axes, operator)
                                .input(Data.normal(
                                        1, Shape.of(2, 3).concat(axes).toArray()))
                                .input(grid));
                    }
                }
            }
        }
        return cases.stream();
    }

    private static Stream<Case> grids() {
        var zeros = new GridSample(Resize.Mode.NEAREST, GridSample.Padding.ZEROS, false);
        var border = new GridSample(Resize.Mode.NEAREST, GridSample.Padding.BORDER, false);
        var corners = new GridSample(Resize.Mode.LINEAR, GridSample.Padding.BORDER, true);
        HostTensor grid = HostTensor.of(DType.FLOAT32, Shape.of(1, 1, 3, 2), -.5, -.5, 0, 0, 1.5, .5);
        HostTensor size = HostTensor.of(Shape.of(4), 1L, 1L, 1L, 2L);
        HostTensor swap = HostTensor.of(DType.FLOAT32, Shape.of(1, 2, 3), 0, 1, 0, 1, 0, 10);
        return Stream.of(
                sampled("nearest, zero outside", zeros, 1, 1, 0, 0),
                sampled("nearest, the border outside", border, 1, 1, 4, 2 - 0.),
                Case.of("linear, corners aligned", corners)
                        .input(image(1, 2, 3, 4))
                        .input(grid)
                        .expect(HostTensor.of(DType.FLOAT32, Shape.of(1, 1, 1, 3), 1.75, 2.5, 3.5)),
                Case.of("cubic reflection", new GridSample(Resize.Mode.CUBIC, GridSample.Padding.REFLECTION, false))
                        .input(Data.normal(1, 2, 3, 5, 6))
                        .input(Data.uniform(DType.FLOAT32, 2, -2, 2, 2, 4, 5, 2)),
                Case.of("volumes", new GridSample(Resize.Mode.LINEAR, GridSample.Padding.ZEROS, false))
                        .input(Data.normal(1, 1, 2, 3, 4, 5))
                        .input(Data.uniform(DType.FLOAT32, 2, -1.2, 1.2, 1, 2, 2, 3, 3)),
                Case.of(
                                "one element reflects itself",
                                new GridSample(Resize.Mode.NEAREST, GridSample.Padding.REFLECTION, true))
                        .input(image(7))
                        .input(HostTensor.of(DType.FLOAT32, Shape.of(1, 1, 1, 2), 5, -9))
                        .expect(image(7)),
                Case.of("rejects coordinates of another number", zeros)
                        .input(image(1))
                        .input(Data.normal(1, 1, 1, 1, 3))
                        .rejects("GridSample: expected X [N, C, spatial axes] and grid"),
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

    private static Stream<Case> deformed() {
        DeformConv operator = new DeformConv(1, 1, Window.of(1, 1));
        HostTensor one = HostTensor.of(Shape.of(1, 1, 1, 1), 1f);
        HostTensor down = HostTensor.of(DType.FLOAT32, Shape.of(1, 2, 2, 2), .5, .5, .5, .5, 0, 0, 0, 0);
        return Stream.of(
                Case.of("half a row down", operator)
                        .input(image(1, 2, 3, 4))
                        .input(one)
                        .input(down)
                        .expect(image(2, 3, 1.5, 2)),
                Case.of("masked, with a bias", operator)
                        .input(image(1, 2, 3, 4))
                        .input(one)
                        .input(down)
                        .input(HostTensor.of(Shape.of(1), 10f))
                        .input(image(1, 0, .5, 2))
                        .expect(image(12, 10, 10.75, 14)),
                Case.of("rejects offsets of another shape", operator)
                        .input(image(1, 2, 3, 4))
                        .input(one)
                        .input(Data.normal(1, 1, 2, 2, 1))
                        .rejects("DeformConv: offset: expected [1, 2, 2, 2]"));
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
