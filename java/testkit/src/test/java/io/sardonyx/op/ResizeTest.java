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

class ResizeTest extends OperatorTest {
    private static final HostTensor SQUARE = HostTensor.of(Shape.of(1, 1, 2, 2), 1f, 2f, 3f, 4f);

    @Override
    protected Stream<Case> cases() {
        return Stream.of(facts(), combinations(), upsample(), refused()).flatMap(s -> s);
    }

    private static Operator resize(Object... attributes) {
        Map<String, Object> map = new java.util.HashMap<>();
        for (int i = 0; i < attributes.length; i += 2) {
            map.put((String) attributes[i], attributes[i + 1]);
        }
        return Resize.read(Attributes.of(19, map));
    }

    private static Case sizes(String name, Operator operator, HostTensor x, long... sizes) {
        return Case.of(name, operator)
                .input(x)
                .absent()
                .absent()
                .constant(HostTensor.of(Shape.of(sizes.length), sizes));
    }

    private static Case scales(String name, Operator operator, HostTensor x, float... scales) {
        return Case.of(name, operator).input(x).absent().constant(HostTensor.of(Shape.of(scales.length), scales));
    }

    private static HostTensor row(double... values) {
        return HostTensor.of(DType.FLOAT32, Shape.of(values.length), values);
    }

    private static Stream<Case> facts() {
        return Stream.of(
                scales("nearest doubles", resize(), SQUARE, 1, 1, 2, 2)
                        .expect(HostTensor.of(
                                DType.FLOAT32, Shape.of(1, 1, 4, 4), 1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4)),
                sizes("linear, half-pixel", resize("mode", "linear"), row(0, 4), 4)
                        .expect(row(0, 1, 3, 4)),
                sizes(
                                "linear, corners aligned",
                                resize("mode", "linear", "coordinate_transformation_mode", "align_corners"),
                                row(0, 6),
                                4)
                        .expect(row(0, 2, 4, 6)),
                sizes(
                                "linear, asymmetric",
                                resize("mode", "linear", "coordinate_transformation_mode", "asymmetric"),
                                row(0, 4),
                                4)
                        .expect(row(0, 2, 4, 4)),
                sizes("linear to one element", resize("mode", "linear"), row(0, 1, 2, 3), 1)
                        .expect(row(1.5)),
                sizes("an antialiased mean", resize("mode", "linear", "antialias", 1L), row(0, 0, 8, 8), 2)
                        .expect(row(1, 7)),
                scales("sizes are rounded down", resize(), row(1, 2, 3), 1.5f).expect(row(1, 1, 2, 3)),
                Case.of(
                                "crop and extrapolate",
                                resize(
                                        "mode",
                                        "linear",
                                        "coordinate_transformation_mode",
                                        "tf_crop_and_resize",
                                        "extrapolation_value",
                                        9f))
                        .input(row(0, 1, 2))
                        .constant(row(0.5, 1.5))
                        .absent()
                        .constant(HostTensor.of(Shape.of(3 - 2), 3L))
                        .expect(row(1, 2, 9)),
                sizes(
                                "not larger keeps the aspect ratio",
                                resize("keep_aspect_ratio_policy", "not_larger", "axes", List.of(2L, 3L)),
                                SQUARE,
                                4,
                                5)
                        .expect(HostTensor.of(
                                DType.FLOAT32, Shape.of(1, 1, 4, 4), 1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4)),
                sizes("a NaN stays where its weight is not 0", resize("mode", "linear"), row(0, Float.NaN, 2, 3), 8)
                        .expect(row(0, Float.NaN, Float.NaN, Float.NaN, Float.NaN, 2.25, 2.75, 3)),
                Case.of("opset 10 rounds down where it grows", Resize.read(Attributes.of(10, Map.of())))
                        .input(row(1, 2))
                        .constant(row(2))
                        .expect(row(1, 1, 2, 2)),
                sizes("strings", resize(), HostTensor.of(Shape.of(2), "a", "b"), 4)
                        .expect(HostTensor.of(Shape.of(4), "a", "a", "b", "b")),
                sizes("no output", resize(), row(1, 2), 0).expect(row()));
    }

    private static Stream<Case> combinations() {
        List<Case> cases = new ArrayList<>();
        HostTensor image = Data.normal(1, 2, 3, 11, 14);
        for (String mode : List.of("nearest", "linear", "cubic")) {
            for (String coordinates : List.of(
                    "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric")) {
                Operator resize = resize("mode", mode, "coordinate_transformation_mode", coordinates);
                cases.add(sizes(mode + ", " + coordinates + ", larger", resize, image, 2, 3, 23, 40));
                cases.add(scales(mode + ", " + coordinates + ", smaller", resize, image, 1, 1, 0.6f, 0.35f));
            }
            cases.add(sizes(mode + " antialiased", resize("mode", mode, "antialias", 1L), image, 2, 3, 4, 20));
            cases.add(sizes(
                    mode + " without what is outside",
                    resize("mode", mode, "exclude_outside", 1L),
                    image,
                    2,
                    3,
                    20,
                    5));
            cases.add(sizes(mode + ", one axis", resize("mode", mode, "axes", List.of(1L)), image, 7));
            cases.add(sizes(mode + ", channels last", resize("mode", mode, "axes", List.of(1L, 2L)), image, 7, 20));
            cases.add(sizes(mode + ", axes apart", resize("mode", mode, "axes", List.of(1L, 3L)), image, 7, 20));
            cases.add(sizes(mode + ", three axes", resize("mode", mode), Data.normal(2, 2, 3, 4), 3, 4, 5));
            cases.add(sizes(mode + ", the same size", resize("mode", mode), image, 2, 3, 11, 14));
        }
        for (String nearest : List.of("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")) {
            cases.add(sizes(nearest, resize("nearest_mode", nearest), image, 2, 3, 17, 7));
        }
        for (DType dtype : List.of(DType.UINT8, DType.FLOAT16, DType.INT64, DType.BOOL)) {
            cases.add(sizes("nearest of " + dtype, resize(), Data.integers(dtype, 1, 0, 1, 1, 2, 5, 6), 1, 2, 9, 4));
        }
        for (DType dtype : List.of(DType.FLOAT16, DType.BFLOAT16)) {
            cases.add(sizes("linear of " + dtype, resize("mode", "linear"), Data.normal(dtype, 1, 2, 5, 6), 2, 9, 4));
        }
        cases.add(
                sizes("linear of uint8", resize("mode", "linear"), Data.integers(DType.UINT8, 1, 0, 255, 3, 4), 5, 7));
        return cases.stream();
    }

    private static Stream<Case> upsample() {
        return Stream.of(
                Case.of("Upsample 1", Upsample.read(Attributes.of(1, Map.of("height_scale", 1f, "width_scale", 2f))))
                        .input(SQUARE)
                        .expect(HostTensor.of(DType.FLOAT32, Shape.of(1, 1, 2, 4), 1, 1, 2, 2, 3, 3, 4, 4)),
                Case.of(
                                "Upsample 7",
                                Upsample.read(Attributes.of(7, Map.of("scales", List.of(1f, 2f), "mode", "linear"))))
                        .input(HostTensor.of(Shape.of(1, 2), 0f, 4f))
                        .expect(HostTensor.of(Shape.of(1, 4), 0f, 2f, 4f, 4f)),
                Case.of("Upsample 9", Upsample.read(Attributes.of(9, Map.of())))
                        .input(Data.normal(1, 1, 2, 7, 9))
                        .constant(row(1, 1, 2.5, 3)));
    }

    private static Stream<Case> refused() {
        return Stream.of(
                Case.of("rejects neither scales nor sizes", resize())
                        .input(SQUARE)
                        .rejects("Resize: expected either scales or sizes, given none"),
                scales("rejects a scale of 0", resize(), SQUARE, 1, 1, 0, 1)
                        .rejects("Resize: scales: expected positive"),
                scales("rejects NaN", resize(), SQUARE, 1, 1, Float.NaN, 1)
                        .rejects("Resize: scales: expected positive"),
                sizes("rejects negative sizes", resize(), SQUARE, 1, 1, -1, 1).rejects("cannot become -1 long"),
                sizes("rejects too few sizes", resize(), SQUARE, 1, 1)
                        .rejects("Resize: sizes: expected 4 values, given 2"),
                sizes("rejects something from nothing", resize(), Data.normal(1, 0), 4)
                        .rejects("cannot become 4 long"),
                sizes("rejects linear strings", resize("mode", "linear"), HostTensor.of(Shape.of(1), "a"), 2)
                        .rejects("Resize: expected a numeric type"));
    }
}
