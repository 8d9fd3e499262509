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

/** Reshape, Flatten, Squeeze, Unsqueeze, Identity: the same bytes under another shape. */
class ReshapeTest extends OperatorTest {
    private static final HostTensor X = Data.normal(1, 2, 3, 4);

    private static HostTensor longs(long... values) {
        return HostTensor.of(Shape.of(values.length), values);
    }

    private static HostTensor x(long... sizes) {
        return X.reshaped(Shape.of(sizes));
    }

    private static Case reshape(String name, HostTensor x, long... shape) {
        return Case.of(name, new Reshape(Optional.empty(), false)).input(x).input(longs(shape));
    }

    private static Attributes attributes(int opset, String name, Object value) {
        return Attributes.of(opset, Map.of(name, value));
    }

    @Override
    protected Stream<Case> cases() {
        return Stream.of(reshapes(), squeezes(), others()).flatMap(s -> s);
    }

    private static Stream<Case> reshapes() {
        var strict = new Reshape(Optional.empty(), true);
        return Stream.of(
                reshape("to a vector", X, 24).expect(x(24)),
                reshape("-1 is the rest", X, 4, -1).expect(x(4, 6)),
                reshape("0 copies a size", X, 0, -1).expect(x(2, 12)),
                reshape("0 and -1", X, -1, 0, 2, 2).expect(x(2, 3, 2, 2)),
                reshape("one element to a scalar", HostTensor.of(Shape.of(1, 1), 7f))
                        .expect(HostTensor.of(Shape.SCALAR, 7f)),
                reshape("the rest is nothing", Data.normal(1, 0, 3), 3, 0, -1).expect(Data.normal(1, 3, 3, 0)),
                reshape("rejects a rest of nothing", Data.normal(1, 0, 3), 0, -1)
                        .rejects("cannot see [0, 3] as [0, -1]"),
                reshape("empty to empty", Data.normal(1, 0, 3), 0, 5).expect(Data.normal(1, 0, 5)),
                reshape("strings", HostTensor.of(Shape.of(2), "a", "b"), 2, 1)
                        .expect(HostTensor.of(Shape.of(2, 1), "a", "b")),
                reshape("four bits", Data.integers(DType.INT4, 1, -8, 7, 3, 5), 5, 3),
                reshape("nine axes", Data.normal(2, 2, 3), 1, 1, 1, 1, 1, 1, 1, 2, 3),
                reshape("large", Data.normal(3, 200, 300), 300, 200),
                Case.of("0 is 0 with allowzero", strict)
                        .input(Data.normal(1, 0, 3, 4))
                        .input(longs(3, 4, 0))
                        .expect(Data.normal(1, 3, 4, 0)),
                Case.of("0 and -1 with allowzero", strict)
                        .input(Data.normal(1, 0, 3))
                        .input(longs(0, -1))
                        .rejects("cannot see"),
                Case.of("an attribute in opset 1", Reshape.read(attributes(1, "shape", List.of(0L, -1L))))
                        .input(X)
                        .expect(x(2, 12)),
                reshape("rejects another size", X, 5, 5).rejects("cannot see [2, 3, 4] as [5, 5]"),
                reshape("rejects a rest that does not divide", X, 5, -1).rejects("cannot see"),
                reshape("rejects two rests", X, -1, -1).rejects("at most one -1"),
                reshape("rejects -2", X, -2, 12).rejects("at most one -1"),
                reshape("rejects a copy of no axis", X, 2, 3, 4, 0).rejects("does not have"),
                reshape("rejects an overflow", X, 1L << 40, 1L << 40).rejects("overflows 64 bits"),
                Case.of("rejects a matrix as shape", strict)
                        .input(X)
                        .input(longs(2, 12).reshaped(Shape.of(1, 2)))
                        .rejects("expected a list"),
                Case.of("rejects floats as shape", strict)
                        .input(X)
                        .input(HostTensor.of(Shape.of(1), 24f))
                        .rejects("expected int32 or int64"));
    }

    private static Stream<Case> squeezes() {
        HostTensor x = Data.normal(2, 1, 3, 1, 2);
        var squeeze = new Squeeze(Optional.empty());
        var unsqueeze = new Unsqueeze(Optional.empty());
        return Stream.of(
                Case.of("squeezes all", squeeze).input(x).expect(x.reshaped(Shape.of(3, 2))),
                Case.of("squeezes one", squeeze).input(x).input(longs(-2)).expect(x.reshaped(Shape.of(1, 3, 2))),
                Case.of("squeezes none", squeeze).input(x).input(longs()).expect(x),
                Case.of("squeezes by attribute", Squeeze.read(attributes(11, "axes", List.of(0L))))
                        .input(x)
                        .expect(x.reshaped(Shape.of(3, 1, 2))),
                Case.of("squeezes to a scalar", squeeze)
                        .input(HostTensor.of(Shape.of(1), 5L))
                        .expect(HostTensor.of(Shape.SCALAR, 5L)),
                Case.of("rejects squeezing 3", squeeze)
                        .input(x)
                        .input(longs(1))
                        .rejects("expected size 1 at axis 1, given [1, 3, 1, 2]"),
                Case.of("rejects squeezing axis 4", squeeze)
                        .input(x)
                        .input(longs(4))
                        .rejects("axis 4 is out of range"),
                Case.of("unsqueezes in any order", unsqueeze)
                        .input(x(6, 4))
                        .input(longs(3, 0))
                        .expect(x(1, 6, 4, 1)),
                Case.of("unsqueezes from the end", unsqueeze)
                        .input(x(24))
                        .input(longs(-1, -3))
                        .expect(x(1, 24, 1)),
                Case.of("unsqueezes an empty axis", unsqueeze)
                        .input(Data.normal(3, 0, 2))
                        .input(longs(1))
                        .expect(Data.normal(3, 0, 1, 2)),
                Case.of("unsqueezes by attribute", Unsqueeze.read(attributes(1, "axes", List.of(0L, 1L))))
                        .input(x(24))
                        .expect(x(1, 1, 24)),
                Case.of("rejects equal axes", unsqueeze)
                        .input(x(24))
                        .input(longs(1, -2))
                        .rejects("expected different axes of an output of rank 3"),
                Case.of("rejects axes outside", unsqueeze)
                        .input(x(24))
                        .input(longs(2))
                        .rejects("rank 2"));
    }

    private static Stream<Case> others() {
        return Stream.of(
                Case.of("flattens", new Flatten(1)).input(X).expect(x(2, 12)),
                Case.of("flattens to one row", new Flatten(0)).input(X).expect(x(1, 24)),
                Case.of("flattens to one column", new Flatten(3)).input(X).expect(x(24, 1)),
                Case.of("flattens from the end", new Flatten(-1)).input(X).expect(x(6, 4)),
                Case.of("flattens a scalar", new Flatten(0))
                        .input(HostTensor.of(Shape.SCALAR, 1f))
                        .expect(HostTensor.of(Shape.of(1, 1), 1f)),
                Case.of("rejects flattening at 4", new Flatten(4)).input(X).rejects("axis 4 is out of range"),
                Case.of("the identity", new Identity()).input(X).expect(X),
                Case.of("the identity of nothing", new Identity()).input(Data.normal(1, 0)),
                Case.of("the identity of complex numbers", new Identity())
                        .input(Data.normal(DType.COMPLEX128, 4, 3, 5)));
    }
}
