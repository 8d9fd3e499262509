package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.HostValue.HostOptional;
import io.sardonyx.tensor.HostValue.HostSequence;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.OperatorTest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The operators over sequences and optionals. */
class SequenceTest extends OperatorTest {
    private static final HostTensor A = HostTensor.of(Shape.of(2), 1f, 2f);
    private static final HostTensor B = HostTensor.of(Shape.of(2), 3f, 4f);
    private static final HostTensor C = HostTensor.of(Shape.of(1), 5f);
    private static final HostSequence AB = sequence(A, B);
    private static final HostSequence EMPTY = sequence();

    @Override
    protected Stream<Case> cases() {
        return Stream.of(members(), joined(), split(), optionals()).flatMap(c -> c);
    }

    private static Stream<Case> members() {
        return Stream.of(
                Case.of("construct", new SequenceConstruct()).input(A).input(B).expect(AB),
                Case.of("construct of two types", new SequenceConstruct())
                        .input(A)
                        .input(scalar(1))
                        .rejects("a sequence of float32 cannot hold int64[]"),
                Case.of("empty", new SequenceEmpty(DType.INT8)).expect(EMPTY),
                Case.of("length", new SequenceLength()).input(AB).expect(scalar(2)),
                Case.of("length of a tensor", new SequenceLength()).input(A).rejects("expected a sequence"),
                Case.of("insert at the end", new SequenceInsert())
                        .input(AB)
                        .input(C)
                        .expect(sequence(A, B, C)),
                insert(0).expect(sequence(C, A, B)),
                insert(-1).expect(sequence(A, C, B)),
                insert(2).expect(sequence(A, B, C)),
                insert(3).rejects("position 3 is outside [-2, 2]"),
                Case.of("insert into an empty one", new SequenceInsert())
                        .input(EMPTY)
                        .input(C)
                        .expect(sequence(C)),
                Case.of("erase the last", new SequenceErase()).input(AB).expect(sequence(A)),
                Case.of("erase the first", new SequenceErase())
                        .input(AB)
                        .input(scalar(-2))
                        .expect(sequence(B)),
                Case.of("erase from an empty one", new SequenceErase())
                        .input(EMPTY)
                        .rejects("position -1 is outside"),
                Case.of("at 1", new SequenceAt()).input(AB).input(scalar(1)).expect(B),
                Case.of("at -2", new SequenceAt())
                        .input(AB)
                        .input(HostTensor.of(DType.INT32, Shape.SCALAR, -2))
                        .expect(A),
                Case.of("at 2", new SequenceAt())
                        .input(AB)
                        .input(scalar(2))
                        .rejects("SequenceAt: position 2 is outside [-2, 1]"));
    }

    private static Case insert(long position) {
        return Case.of("insert at " + position, new SequenceInsert())
                .input(AB)
                .input(C)
                .input(scalar(position));
    }

    private static Stream<Case> joined() {
        return Stream.of(
                Case.of("concat", new ConcatFromSequence(0, false))
                        .input(sequence(A, C))
                        .expect(HostTensor.of(Shape.of(3), 1f, 2f, 5f)),
                Case.of("concat along the last axis", new ConcatFromSequence(-1, false))
                        .input(sequence(A.reshaped(Shape.of(2, 1)), B.reshaped(Shape.of(2, 1))))
                        .expect(HostTensor.of(Shape.of(2, 2), 1f, 3f, 2f, 4f)),
                Case.of("stack", new ConcatFromSequence(0, true))
                        .input(AB)
                        .expect(HostTensor.of(Shape.of(2, 2), 1f, 2f, 3f, 4f)),
                Case.of("stack at the end", new ConcatFromSequence(-1, true))
                        .input(AB)
                        .expect(HostTensor.of(Shape.of(2, 2), 1f, 3f, 2f, 4f)),
                Case.of("stack of strings", new ConcatFromSequence(0, true))
                        .input(sequence(HostTensor.of(Shape.SCALAR, "a"), HostTensor.of(Shape.SCALAR, "b")))
                        .expect(HostTensor.of(Shape.of(2), "a", "b")),
                Case.of("stack of two shapes", new ConcatFromSequence(0, true))
                        .input(sequence(A, C))
                        .rejects("float32[1, 1] does not continue float32[1, 2] along axis 0"),
                Case.of("stack at an axis outside", new ConcatFromSequence(2, true))
                        .input(AB)
                        .rejects("axis 2 is out of range"),
                Case.of("concat of nothing", new ConcatFromSequence(0, false))
                        .input(EMPTY)
                        .rejects("is empty"));
    }

    private static Stream<Case> split() {
        HostTensor five = HostTensor.of(Shape.of(1, 5), 1L, 2L, 3L, 4L, 5L);
        return Stream.of(
                Case.of("split to ones", new SplitToSequence(0, true)).input(A).expect(sequence(ones(1), ones(2))),
                Case.of("split to scalars", new SplitToSequence(0, false))
                        .input(A)
                        .expect(sequence(ones(1).reshaped(Shape.SCALAR), ones(2).reshaped(Shape.SCALAR))),
                Case.of("split by a scalar", new SplitToSequence(-1, false))
                        .input(five)
                        .input(scalar(2))
                        .expect(sequence(
                                HostTensor.of(Shape.of(1, 2), 1L, 2L),
                                HostTensor.of(Shape.of(1, 2), 3L, 4L),
                                HostTensor.of(Shape.of(1, 1), 5L))),
                Case.of("split by sizes", new SplitToSequence(1, true))
                        .input(five)
                        .input(HostTensor.of(Shape.of(3), 3L, 0L, 2L))
                        .expect(sequence(
                                HostTensor.of(Shape.of(1, 3), 1L, 2L, 3L),
                                HostTensor.of(Shape.of(1, 0), new long[0]),
                                HostTensor.of(Shape.of(1, 2), 4L, 5L))),
                Case.of("split of 4-bit integers", new SplitToSequence(0, true))
                        .input(HostTensor.of(DType.INT4, Shape.of(3), 1, -2, 3))
                        .input(scalar(2))
                        .expect(sequence(
                                HostTensor.of(DType.INT4, Shape.of(2), 1, -2),
                                HostTensor.of(DType.INT4, Shape.of(1), 3))),
                Case.of("split with sizes that do not add up", new SplitToSequence(1, true))
                        .input(five)
                        .input(HostTensor.of(Shape.of(2), 3L, 1L))
                        .rejects("add up to 4, the axis has 5"),
                Case.of("split by zero", new SplitToSequence(1, true))
                        .input(five)
                        .input(scalar(0))
                        .rejects("expected a positive size"));
    }

    private static Stream<Case> optionals() {
        HostOptional some = new HostOptional(Optional.of(A));
        HostOptional none = new HostOptional(Optional.empty());
        return Stream.of(
                Case.of("optional", new OptionalValue()).input(A).expect(some),
                Case.of("empty optional", new OptionalValue()).expect(none),
                Case.of("get", new OptionalGetElement()).input(some).expect(A),
                Case.of("get of a sequence", new OptionalGetElement()).input(AB).expect(AB),
                Case.of("get of none", new OptionalGetElement()).input(none).rejects("the optional is empty"),
                Case.of("has", new OptionalHasElement()).input(some).expect(bool(true)),
                Case.of("has not", new OptionalHasElement()).input(none).expect(bool(false)),
                Case.of("has without an input", new OptionalHasElement()).expect(bool(false)),
                Case.of("a tensor is there", new OptionalHasElement()).input(A).expect(bool(true)));
    }

    private static HostSequence sequence(HostValue... items) {
        return new HostSequence(List.of(items));
    }

    private static HostTensor scalar(long value) {
        return HostTensor.of(Shape.SCALAR, value);
    }

    private static HostTensor ones(float value) {
        return HostTensor.of(Shape.of(1), value);
    }

    private static HostTensor bool(boolean value) {
        return HostTensor.of(DType.BOOL, Shape.SCALAR, value ? 1 : 0);
    }
}
