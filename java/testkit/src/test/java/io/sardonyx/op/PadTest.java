package io.sardonyx.op;

import io.sardonyx.op.Pad.Mode;
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

class PadTest extends OperatorTest {
    private static final HostTensor ABC = longs(1, 2, 3);

    private static HostTensor longs(long... values) {
        return HostTensor.of(Shape.of(values.length), values);
    }

    private static Case pad(Mode mode, HostTensor x, long... pads) {
        return Case.of(mode + " " + x + " by " + longs(pads).shape(), new Pad(mode, Optional.empty(), 0))
                .input(x)
                .input(longs(pads));
    }

    @Override
    protected Stream<Case> cases() {
        return Stream.of(
                        facts(),
                        refusals(),
                        Stream.of(Mode.values()).flatMap(PadTest::everyWay),
                        Stream.of(DType.INT8, DType.FLOAT16, DType.FLOAT64)
                                .map(t -> pad(Mode.REFLECT, Data.range(t, 3, 5, 9), 0, 1, 4, 0, 2, 3)))
                .flatMap(s -> s);
    }

    private static Stream<Case> facts() {
        var old = Attributes.of(1, Map.of("mode", "constant", "paddings", List.of(1L, 1L), "value", 9f));
        var attribute = Attributes.of(2, Map.of("mode", "edge", "pads", List.of(1L, 0L)));
        return Stream.of(
                pad(Mode.CONSTANT, ABC, 1, 2).expect(longs(0, 1, 2, 3, 0, 0)),
                pad(Mode.CONSTANT, ABC, 1, 2)
                        .input(HostTensor.of(Shape.of(1), 9L))
                        .expect(longs(9, 1, 2, 3, 9, 9)),
                pad(Mode.EDGE, ABC, 1, 2).expect(longs(1, 1, 2, 3, 3, 3)),
                pad(Mode.REFLECT, ABC, 1, 2).expect(longs(2, 1, 2, 3, 2, 1)),
                pad(Mode.REFLECT, ABC, 5, 0).expect(longs(2, 1, 2, 3, 2, 1, 2, 3)),
                pad(Mode.REFLECT, longs(7), 2, 1).expect(longs(7, 7, 7, 7)),
                pad(Mode.WRAP, ABC, 1, 4).expect(longs(3, 1, 2, 3, 1, 2, 3, 1)),
                pad(Mode.CONSTANT, ABC, -1, 1).expect(longs(2, 3, 0)),
                pad(Mode.EDGE, ABC, 1, -1).expect(longs(1, 1, 2)),
                pad(Mode.REFLECT, ABC, 2, -1).expect(longs(1, 2, 1, 2)),
                pad(Mode.CONSTANT, ABC, -3, 0).expect(longs()),
                pad(Mode.CONSTANT, ABC, -3, 1).expect(longs(0)),
                pad(Mode.CONSTANT, HostTensor.of(Shape.SCALAR, 3f)).expect(HostTensor.of(Shape.SCALAR, 3f)),
                pad(Mode.CONSTANT, HostTensor.of(Shape.of(1), "a"), 1, 0).expect(HostTensor.of(Shape.of(2), "", "a")),
                pad(Mode.CONSTANT, Data.range(DType.UINT4, 2, 3), 1, 0, 0, 1),
                pad(Mode.CONSTANT, ABC.reshaped(Shape.of(1, 3)), 1, 1)
                        .absent()
                        .input(HostTensor.of(DType.INT32, Shape.of(1), -2))
                        .expect(HostTensor.of(Shape.of(3, 3), 0L, 0L, 0L, 1L, 2L, 3L, 0L, 0L, 0L)),
                Case.of("attributes in opset 1", Pad.read(old))
                        .input(HostTensor.of(Shape.of(1), 1f))
                        .expect(HostTensor.of(Shape.of(3), 9f, 1f, 9f)),
                Case.of("attributes in opset 2", Pad.read(attribute)).input(ABC).expect(longs(1, 1, 2, 3)));
    }

    private static Stream<Case> refusals() {
        HostTensor none = Data.normal(1, 0);
        return Stream.of(
                pad(Mode.CONSTANT, ABC, -2, -2).rejects("take more than the 3 elements of axis 0"),
                pad(Mode.CONSTANT, ABC, Long.MIN_VALUE, 1).rejects("take more than"),
                pad(Mode.CONSTANT, ABC, Long.MAX_VALUE, 1).rejects("overflows 64 bits"),
                pad(Mode.EDGE, none, 1, 0).rejects("no element to pad with"),
                pad(Mode.WRAP, ABC, -3, 1).rejects("no element to pad with"),
                pad(Mode.CONSTANT, ABC, 1).rejects("expected 2 pads"),
                pad(Mode.CONSTANT, ABC, 1, 1)
                        .input(HostTensor.of(Shape.SCALAR, 1f))
                        .rejects("expected int64"),
                pad(Mode.CONSTANT, ABC, 1, 1).input(longs(1, 2)).rejects("expected one value"),
                pad(Mode.CONSTANT, ABC, 1, 2, 3, 4).absent().input(longs(0, -1)).rejects("expected different axes"));
    }

    private static Stream<Case> everyWay(Mode mode) {
        return Stream.of(
                pad(mode, Data.normal(1, 2, 3, 9, 11), 0, 0, 1, 2, 0, 0, 3, 4),
                pad(mode, Data.normal(2, 2, 3, 9, 11), 0, 0, -1, 2, 0, 0, 3, -4),
                pad(mode, Data.normal(3, 5, 4), 3, 0, 2, 0),
                pad(mode, Data.normal(4, 3, 3, 3), 1, 0, 1, 1, 0, 1),
                pad(mode, Data.normal(5, 2, 2, 2, 2, 2, 2, 2, 2), 1, 0, 1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1),
                pad(mode, Data.normal(6, 3, 200, 200), 0, 3, 3, 0, 3, 3),
                pad(mode, Data.normal(7, 0, 3), 0, 1, 0, 1));
    }
}
