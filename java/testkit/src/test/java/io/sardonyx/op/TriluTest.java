package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Trilu, ReverseSequence and Compress. */
class TriluTest extends OperatorTest {
    private static final HostTensor NINE = Data.range(DType.INT64, 3, 3);

    private static HostTensor longs(long... values) {
        return HostTensor.of(Shape.of(values.length), values);
    }

    private static HostTensor nine(long... values) {
        return HostTensor.of(Shape.of(3, 3), values);
    }

    private static Case trilu(boolean upper, HostTensor x, long k) {
        return Case.of((upper ? "above " : "below ") + k + " of " + x, new Trilu(upper))
                .input(x)
                .input(HostTensor.of(Shape.SCALAR, k));
    }

    private static Case reverse(String name, long batchAxis, HostTensor x, long... lengths) {
        return Case.of("reverse: " + name, new ReverseSequence(batchAxis, 1 - batchAxis))
                .input(x)
                .input(longs(lengths));
    }

    private static Case compress(String name, Long axis, HostTensor x, double... condition) {
        return Case.of("compress: " + name, new Compress(Optional.ofNullable(axis)))
                .input(x)
                .input(HostTensor.of(DType.BOOL, Shape.of(condition.length), condition));
    }

    @Override
    protected Stream<Case> cases() {
        return Stream.of(triangles(), everyTriangle(), reversals(), compressions())
                .flatMap(s -> s);
    }

    private static Stream<Case> triangles() {
        return Stream.of(
                Case.of("upper", new Trilu(true)).input(NINE).expect(nine(0, 1, 2, 0, 4, 5, 0, 0, 8)),
                Case.of("lower", new Trilu(false)).input(NINE).expect(nine(0, 0, 0, 3, 4, 0, 6, 7, 8)),
                trilu(true, NINE, 1).expect(nine(0, 1, 2, 0, 0, 5, 0, 0, 0)),
                trilu(false, NINE, -1).expect(nine(0, 0, 0, 3, 0, 0, 6, 7, 0)),
                trilu(true, Data.range(DType.UINT4, 3, 5), 1),
                trilu(true, Data.normal(1, 0, 3), 0),
                trilu(true, Data.normal(1, 3), 0).rejects("expected at least 2 axes"),
                Case.of("strings", new Trilu(true))
                        .input(HostTensor.of(Shape.of(2, 2), "a", "b", "c", "d"))
                        .expect(HostTensor.of(Shape.of(2, 2), "a", "b", "", "d")));
    }

    private static Stream<Case> everyTriangle() {
        return LongStream.of(Long.MIN_VALUE, -9, -2, 0, 3, 7, Long.MAX_VALUE)
                .boxed()
                .flatMap(k -> Stream.of(DType.INT8, DType.FLOAT16, DType.FLOAT32, DType.FLOAT64)
                        .flatMap(t -> Stream.of(
                                trilu(true, Data.range(t, 2, 5, 7), k), trilu(false, Data.range(t, 2, 7, 5), k))));
    }

    private static Stream<Case> reversals() {
        HostTensor x = Data.range(DType.INT64, 2, 3);
        return Stream.of(
                reverse("rows", 0, x, 2, 3).expect(HostTensor.of(Shape.of(2, 3), 1L, 0L, 2L, 5L, 4L, 3L)),
                reverse("columns", 1, x, 1, 2, 0).expect(HostTensor.of(Shape.of(2, 3), 0L, 4L, 2L, 3L, 1L, 5L)),
                reverse("frames, batch first", 0, Data.normal(1, 3, 40, 33), 40, 7, 0),
                reverse("frames, time first", 1, Data.normal(DType.FLOAT16, 2, 40, 3, 33), 1, 39, 2),
                reverse("nothing", 0, Data.normal(3, 2, 0, 3), 0, 0),
                reverse("rejects a longer one", 0, x, 4, 0).rejects("length 4 is outside [0, 3]"),
                reverse("rejects a negative one", 0, x, 0, -1).rejects("length -1 is outside"),
                reverse("rejects too few", 0, x, 1).rejects("one length for each entry"),
                reverse("rejects other axes", 2, x, 1, 1).rejects("expected batch and time axes 0 and 1"));
    }

    private static Stream<Case> compressions() {
        HostTensor x = Data.range(DType.INT64, 2, 3);
        return Stream.of(
                compress("columns", 1L, x, 1, 0, 1).expect(HostTensor.of(Shape.of(2, 2), 0L, 2L, 3L, 5L)),
                compress("rows", 0L, x, 0, 1).expect(HostTensor.of(Shape.of(1, 3), 3L, 4L, 5L)),
                compress("elements", null, x, 0, 1, 0, 0, 1).expect(longs(1, 4)),
                compress("a short condition", -1L, x, 1).expect(HostTensor.of(Shape.of(2, 1), 0L, 3L)),
                compress("nothing", 0L, x, 0, 0).expect(Data.range(DType.INT64, 0, 3)),
                compress("rejects what lies outside", 0L, x, 0, 0, 1).rejects("the condition holds at 2"));
    }
}
