package io.sardonyx.op;

import static io.sardonyx.tensor.DType.BOOL;
import static io.sardonyx.tensor.DType.FLOAT16;
import static io.sardonyx.tensor.DType.FLOAT32;
import static io.sardonyx.tensor.DType.FLOAT64;
import static io.sardonyx.tensor.DType.INT32;
import static io.sardonyx.tensor.DType.INT64;
import static io.sardonyx.tensor.DType.INT8;
import static io.sardonyx.tensor.DType.UINT64;
import static io.sardonyx.tensor.DType.UINT8;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.stream.Stream;

class ComparisonTest extends OperatorTest {
    private static final float NAN = Float.NaN;
    private static final HostTensor LEFT = HostTensor.of(Shape.of(6), 1f, 2f, 3f, NAN, NAN, -0f);
    private static final HostTensor RIGHT = HostTensor.of(Shape.of(6), 2f, 2f, 2f, 2f, NAN, 0f);

    private static HostTensor bools(double... values) {
        return HostTensor.of(BOOL, Shape.of(values.length), values);
    }

    @Override
    protected Stream<Case> cases() {
        Stream<Case> facts = Stream.of(
                Case.of("equal", new Equal()).input(LEFT).input(RIGHT).expect(bools(0, 1, 0, 0, 0, 1)),
                Case.of("less", new Less()).input(LEFT).input(RIGHT).expect(bools(1, 0, 0, 0, 0, 0)),
                Case.of("greater", new Greater()).input(LEFT).input(RIGHT).expect(bools(0, 0, 1, 0, 0, 0)),
                Case.of("at most", new LessOrEqual()).input(LEFT).input(RIGHT).expect(bools(1, 1, 0, 0, 0, 1)),
                Case.of("at least", new GreaterOrEqual())
                        .input(LEFT)
                        .input(RIGHT)
                        .expect(bools(0, 1, 1, 0, 0, 1)),
                Case.of("unsigned", new Less())
                        .input(HostTensor.of(UINT64, Shape.of(2), 0x1p63, 1))
                        .input(HostTensor.of(UINT64, Shape.of(2), 1, 0x1p63))
                        .expect(bools(0, 1)),
                Case.of("large integers that a double does not tell apart", new Equal())
                        .input(HostTensor.of(Shape.of(2), 1L << 60, 1L << 60))
                        .input(HostTensor.of(Shape.of(2), (1L << 60) + 1, 1L << 60))
                        .expect(bools(0, 1)),
                Case.of("strings", new Equal())
                        .input(HostTensor.of(Shape.of(2), "a", "b"))
                        .input(HostTensor.of(Shape.of(1), "b"))
                        .expect(bools(0, 1)),
                Case.of("bool", new Equal())
                        .input(bools(0, 0, 1, 1))
                        .input(bools(0, 1, 0, 1))
                        .expect(bools(1, 0, 0, 1)),
                Case.of("before opset 7", new Less(new Alignment(Alignment.Rule.SECOND_TO_FIRST, 0)))
                        .input(Data.normal(1, 3, 4))
                        .input(Data.normal(2, 3)),
                Case.of("rejects bool", new Less())
                        .input(bools(0))
                        .input(bools(1))
                        .rejects("Less: expected a numeric type"));
        Stream<Case> compared = Stream.of(
                        new Equal(), new Less(), new Greater(), new LessOrEqual(), new GreaterOrEqual())
                .flatMap(f -> Stream.of(FLOAT32, FLOAT64, FLOAT16, INT32, INT64, INT8, UINT8)
                        .flatMap(type -> Stream.of(
                                Case.of(f + " of " + type, f)
                                        .input(Data.integers(type, 1, 0, 3, 3, 67))
                                        .input(Data.integers(type, 2, 0, 3, 3, 67)),
                                Case.of(f + " of " + type + " and columns", f)
                                        .input(Data.integers(type, 1, 0, 3, 3, 67))
                                        .input(Data.integers(type, 2, 0, 3, 3, 1)))));
        return Stream.concat(facts, compared);
    }
}
