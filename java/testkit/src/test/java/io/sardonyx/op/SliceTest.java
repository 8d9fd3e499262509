package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

class SliceTest extends OperatorTest {
    private static final long MIN = Long.MIN_VALUE;
    private static final long MAX = Long.MAX_VALUE;

    private static HostTensor longs(long... values) {
        return HostTensor.of(Shape.of(values.length), values);
    }

    private static Case slice(String name, HostTensor x, long[] starts, long[] ends, long[] axes, long[] steps) {
        return Case.of(name, new Slice(Optional.empty(), Optional.empty(), Optional.empty()))
                .input(x)
                .input(longs(starts))
                .input(longs(ends))
                .input(longs(axes))
                .input(longs(steps));
    }

    /** Of 0, 1, 2, 3, 4. */
    private static Case five(long start, long end, long step, long... expected) {
        return slice(
                        "[" + start + ":" + end + ":" + step + "] of five",
                        Data.range(DType.INT64, 5),
                        new long[] {start},
                        new long[] {end},
                        new long[] {0},
                        new long[] {step})
                .expect(longs(expected));
    }

    private static long[] list(long... values) {
        return values;
    }

    @Override
    protected Stream<Case> cases() {
        return Stream.concat(
                facts(),
                Stream.of(DType.UINT8, DType.FLOAT16, DType.FLOAT32, DType.FLOAT64)
                        .flatMap(SliceTest::everyWay));
    }

    private static Stream<Case> facts() {
        HostTensor x = Data.range(DType.INT64, 2, 4);
        var attributes = Attributes.of(
                1, Map.of("starts", List.of(0L, -3L), "ends", List.of(1L, 1000L), "axes", List.of(0L, 1L)));
        return Stream.of(
                five(1, 3, 1, 1, 2),
                five(-2, MAX, 1, 3, 4),
                five(MIN, MAX, 2, 0, 2, 4),
                five(3, 1, 1),
                five(9, 20, 1),
                five(4, MIN, -1, 4, 3, 2, 1, 0),
                five(20, MIN, -2, 4, 2, 0),
                five(-2, 0, -1, 3, 2, 1),
                five(0, MAX, MAX, 0),
                five(MAX, MIN, MIN, 4),
                five(-1, -1, -1),
                Case.of("attributes in opset 1", Slice.read(attributes))
                        .input(x)
                        .expect(HostTensor.of(Shape.of(1, 3), 1L, 2L, 3L)),
                Case.of("all axes and steps 1 by default", Slice.read(Attributes.of(13, Map.of())))
                        .input(x)
                        .input(longs(1, 1))
                        .input(longs(2, 3))
                        .expect(HostTensor.of(Shape.of(1, 2), 5L, 6L)),
                Case.of("int32, axes left out", Slice.read(Attributes.of(13, Map.of())))
                        .input(x)
                        .input(HostTensor.of(DType.INT32, Shape.of(1), 1))
                        .input(HostTensor.of(DType.INT32, Shape.of(1), Integer.MAX_VALUE))
                        .absent()
                        .input(HostTensor.of(DType.INT32, Shape.of(1), 1))
                        .expect(HostTensor.of(Shape.of(1, 4), 4L, 5L, 6L, 7L)),
                slice("strings", HostTensor.of(Shape.of(3), "a", "b", "c"), list(2), list(MIN), list(0), list(-2))
                        .expect(HostTensor.of(Shape.of(2), "c", "a")),
                slice("of nothing", Data.normal(1, 0, 3), list(0, -1), list(5, MIN), list(0, 1), list(1, -1)),
                slice("four bits", Data.range(DType.UINT4, 3, 5), list(1), list(4), list(1), list(2)),
                slice("rejects a step of 0", x, list(0), list(1), list(0), list(0))
                        .rejects("no step of 0"),
                slice("rejects equal axes", x, list(0, 0), list(1, 1), list(1, -1), list(1, 1))
                        .rejects("expected different axes"),
                slice("rejects axis 2", x, list(0), list(1), list(2), list(1)).rejects("axis 2 is out of range"),
                slice("rejects lists that differ", x, list(0, 0), list(1), list(0), list(1))
                        .rejects("expected lists of one length"));
    }

    private static Stream<Case> everyWay(DType dtype) {
        return Stream.of(
                slice("rows of " + dtype, Data.range(dtype, 9, 40), list(2), list(7), list(0), list(1)),
                slice("columns of " + dtype, Data.range(dtype, 9, 40), list(3), list(30), list(1), list(1)),
                slice(
                        "every second " + dtype,
                        Data.range(dtype, 3, 40, 42),
                        list(1, 0),
                        list(MAX, MAX),
                        list(1, 2),
                        list(2, 2)),
                slice("back through " + dtype, Data.range(dtype, 4, 67), list(-1), list(MIN), list(1), list(-1)),
                slice(
                        "every third back through " + dtype,
                        Data.range(dtype, 67, 5),
                        list(-1),
                        list(MIN),
                        list(0),
                        list(-3)),
                slice("many " + dtype, Data.range(dtype, 3, 200, 300), list(1), list(290), list(2), list(2)),
                slice("a long row of " + dtype, Data.range(dtype, 100_001), list(1), list(MAX), list(0), list(3)));
    }
}
