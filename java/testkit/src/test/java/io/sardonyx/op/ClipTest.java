package io.sardonyx.op;

import static io.sardonyx.tensor.DType.BFLOAT16;
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
import java.util.Map;
import java.util.stream.Stream;

class ClipTest extends OperatorTest {
    private static final HostTensor X = HostTensor.of(Shape.of(5), -2f, -0.5f, 0.5f, 2f, Float.NaN);

    private static HostTensor scalar(float value) {
        return HostTensor.of(Shape.SCALAR, value);
    }

    @Override
    protected Stream<Case> cases() {
        Stream<Case> facts = Stream.of(
                Case.of("both bounds, NaN stays", new Clip())
                        .input(X)
                        .input(scalar(-1))
                        .input(scalar(1))
                        .expect(HostTensor.of(Shape.of(5), -1f, -0.5f, 0.5f, 1f, Float.NaN)),
                Case.of("a lower bound", new Clip())
                        .input(X)
                        .input(scalar(0))
                        .expect(HostTensor.of(Shape.of(5), 0f, 0f, 0.5f, 2f, Float.NaN)),
                Case.of("an upper bound", new Clip())
                        .input(X)
                        .absent()
                        .input(scalar(0))
                        .expect(HostTensor.of(Shape.of(5), -2f, -0.5f, 0f, 0f, Float.NaN)),
                Case.of("no bounds", new Clip()).input(X).expect(X),
                Case.of("crossed bounds: the upper one wins", new Clip())
                        .input(HostTensor.of(Shape.of(3), -2f, 0f, 6f))
                        .input(scalar(2))
                        .input(scalar(1))
                        .expect(HostTensor.of(Shape.of(3), 1f, 1f, 1f)),
                Case.of("attributes before opset 11", Clip.read(Attributes.of(6, Map.of("min", 0f, "max", 6f))))
                        .input(HostTensor.of(Shape.of(3), -1f, 3f, 7f))
                        .expect(HostTensor.of(Shape.of(3), 0f, 3f, 6f)),
                Case.of("large unsigned numbers", new Clip())
                        .input(HostTensor.of(UINT64, Shape.of(3), 0, 10, 0x1p63))
                        .input(HostTensor.of(UINT64, Shape.SCALAR, 5))
                        .input(HostTensor.of(UINT64, Shape.SCALAR, 0x1p62))
                        .expect(HostTensor.of(UINT64, Shape.of(3), 5, 10, 0x1p62)),
                Case.of("enough for all threads", new Clip())
                        .input(Data.normal(1, 100_003))
                        .input(scalar(-0.5f))
                        .input(scalar(0.5f)),
                Case.of("rejects a vector of bounds", new Clip())
                        .input(X)
                        .input(HostTensor.of(Shape.of(2), 0f, 0f))
                        .rejects("Clip: min: expected float32[], given float32[2]"),
                Case.of("rejects bounds of another type", new Clip())
                        .input(X)
                        .absent()
                        .input(HostTensor.of(Shape.SCALAR, 1L))
                        .rejects("Clip: max: expected float32[], given int64[]"));
        Stream<Case> types = Stream.of(FLOAT32, FLOAT64, FLOAT16, BFLOAT16, INT32, INT64, INT8, UINT8)
                .flatMap(type -> Stream.of(
                        Case.of("of " + type, new Clip())
                                .input(Data.integers(type, 1, 0, 100, 67))
                                .input(HostTensor.of(type, Shape.SCALAR, 20))
                                .input(HostTensor.of(type, Shape.of(1), 70)),
                        Case.of("of " + type + " from below", new Clip())
                                .input(Data.integers(type, 1, 0, 100, 67))
                                .input(HostTensor.of(type, Shape.SCALAR, 20))));
        return Stream.concat(facts, types);
    }
}
