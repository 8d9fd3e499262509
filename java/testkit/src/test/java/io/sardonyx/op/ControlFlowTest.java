package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.HostValue.HostSequence;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.JavaSubgraph;
import io.sardonyx.testkit.OperatorTest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** If, Loop, Scan and SequenceMap. */
class ControlFlowTest extends OperatorTest {
    private static final HostTensor YES = HostTensor.of(DType.BOOL, Shape.SCALAR, 1);
    private static final HostTensor NO = HostTensor.of(DType.BOOL, Shape.SCALAR, 0);

    @Override
    protected Stream<Case> cases() {
        return Stream.of(branches(), loops(), scans(), maps()).flatMap(c -> c);
    }

    private static Stream<Case> branches() {
        var one = new JavaSubgraph(0, 1, in -> List.of(scalar(1)));
        var two = new JavaSubgraph(0, 1, in -> List.of(scalar(2)));
        return Stream.of(
                Case.of("if true", new If(one, two)).input(YES).expect(scalar(1)),
                Case.of("if false", new If(one, two)).input(NO).expect(scalar(2)),
                Case.of("if one of one", new If(one, two))
                        .input(HostTensor.of(DType.BOOL, Shape.of(1, 1), 1))
                        .expect(scalar(1)),
                Case.of("if of an integer", new If(one, two)).input(scalar(1)).rejects("If: condition: expected bool"),
                Case.of("if of two", new If(one, two))
                        .input(HostTensor.of(DType.BOOL, Shape.of(2), 1, 1))
                        .rejects("expected one element"));
    }

    private static Stream<Case> loops() {
        // x, i -> x + i, and i as scan output; goes on while x + i < 10
        var sum = new JavaSubgraph(3, 3, in -> {
            long next = number(in.get(2)) + number(in.get(0));
            return List.of(next < 10 ? YES : NO, scalar(next), in.get(0));
        });
        var collect = new JavaSubgraph(3, 2, in -> {
            List<HostValue> items = new ArrayList<>(((HostSequence) in.get(2)).items());
            items.add(in.get(0));
            return List.of(YES, new HostSequence(items));
        });
        var ragged = new JavaSubgraph(
                2,
                2,
                in -> List.of(
                        YES,
                        HostTensor.of(DType.INT64, Shape.of(number(in.get(0))), new double[(int) number(in.get(0))])));
        return Stream.of(
                Case.of("loop by trip count", new Loop(sum))
                        .input(scalar(3))
                        .absent()
                        .input(scalar(0))
                        .expect(scalar(3), HostTensor.of(Shape.of(3), 0L, 1L, 2L)),
                Case.of("loop by condition", new Loop(sum))
                        .absent()
                        .input(YES)
                        .input(scalar(0))
                        .expect(scalar(10), HostTensor.of(Shape.of(5), 0L, 1L, 2L, 3L, 4L)),
                Case.of("loop that never starts", new Loop(sum))
                        .input(scalar(3))
                        .input(NO)
                        .input(scalar(7))
                        .expect(scalar(7), HostTensor.of(DType.FLOAT32, Shape.of(0))),
                Case.of("loop with a negative trip count", new Loop(sum))
                        .input(scalar(-1))
                        .absent()
                        .input(scalar(7))
                        .expect(scalar(7)),
                Case.of("loop carries a sequence", new Loop(collect))
                        .input(scalar(2))
                        .absent()
                        .input(new HostSequence(List.of()))
                        .expect(new HostSequence(List.of(scalar(0), scalar(1)))),
                Case.of("loop with scan outputs of two shapes", new Loop(ragged))
                        .input(scalar(2))
                        .absent()
                        .rejects("Loop: scan output 0: iteration 1 gave int64[1], the first one gave int64[0]"),
                Case.of("loop with too many carried values", new Loop(sum))
                        .input(scalar(2))
                        .absent()
                        .input(scalar(0))
                        .input(scalar(0))
                        .rejects("does not fit 2 carried values"));
    }

    private static Stream<Case> scans() {
        // running sum of scalars, and each partial sum
        var sum = new JavaSubgraph(2, 2, in -> {
            HostTensor next = scalar(number(in.get(0)) + number(in.get(1)));
            return List.of(next, next);
        });
        var same = new JavaSubgraph(1, 1, List::copyOf);
        HostTensor matrix = HostTensor.of(Shape.of(2, 3), 1L, 2L, 3L, 4L, 5L, 6L);
        return Stream.of(
                Case.of("scan", scan(sum, List.of(), false, List.of(), false))
                        .input(scalar(1))
                        .input(HostTensor.of(Shape.of(3), 1L, 2L, 3L))
                        .expect(scalar(7), HostTensor.of(Shape.of(3), 2L, 4L, 7L)),
                Case.of("scan from the end", scan(sum, List.of(), true, List.of(), false))
                        .input(scalar(1))
                        .input(HostTensor.of(Shape.of(3), 1L, 2L, 3L))
                        .expect(scalar(7), HostTensor.of(Shape.of(3), 4L, 6L, 7L)),
                Case.of("scan towards the front", scan(sum, List.of(), false, List.of(), true))
                        .input(scalar(1))
                        .input(HostTensor.of(Shape.of(3), 1L, 2L, 3L))
                        .expect(scalar(7), HostTensor.of(Shape.of(3), 7L, 4L, 2L)),
                Case.of("scan over axis 1", scan(same, List.of(1L), false, List.of(), false))
                        .input(matrix)
                        .expect(HostTensor.of(Shape.of(3, 2), 1L, 4L, 2L, 5L, 3L, 6L)),
                Case.of("scan to axis -1", scan(same, List.of(0L), false, List.of(-1L), false))
                        .input(matrix)
                        .expect(HostTensor.of(Shape.of(3, 2), 1L, 4L, 2L, 5L, 3L, 6L)),
                Case.of("scan over an axis outside", scan(same, List.of(2L), false, List.of(), false))
                        .input(matrix)
                        .rejects("axis 2 is out of range"),
                Case.of("batched scan of opset 8", batched(sum))
                        .input(HostTensor.of(Shape.of(2), 2L, 3L))
                        .input(HostTensor.of(Shape.of(2), 0L, 10L))
                        .input(matrix)
                        .expect(
                                HostTensor.of(Shape.of(2), 3L, 25L),
                                HostTensor.of(Shape.of(2, 3), 1L, 3L, 0L, 14L, 19L, 25L)),
                Case.of("batched scan with a length outside", batched(sum))
                        .input(HostTensor.of(Shape.of(2), 2L, 4L))
                        .input(HostTensor.of(Shape.of(2), 0L, 10L))
                        .input(matrix)
                        .rejects("sequence length 4 of batch item 1 is outside [0, 3]"));
    }

    private static Stream<Case> maps() {
        var add = new JavaSubgraph(2, 1, in -> List.of(scalar(number(in.get(0)) + number(in.get(1)))));
        var pair = new HostSequence(List.of(scalar(1), scalar(2)));
        return Stream.of(
                Case.of("map with a tensor", new SequenceMap(add))
                        .input(pair)
                        .input(scalar(10))
                        .expect(new HostSequence(List.of(scalar(11), scalar(12)))),
                Case.of("map of two sequences", new SequenceMap(add))
                        .input(pair)
                        .input(pair)
                        .expect(new HostSequence(List.of(scalar(2), scalar(4)))),
                Case.of("map of sequences of two lengths", new SequenceMap(add))
                        .input(pair)
                        .input(new HostSequence(List.of()))
                        .rejects("input 1 has 0 members, the first has 2"));
    }

    private static Scan scan(
            JavaSubgraph body, List<Long> inputAxes, boolean inputReversed, List<Long> outputAxes, boolean reversed) {
        return new Scan(body, 1, inputAxes, List.of(inputReversed), outputAxes, List.of(reversed), false);
    }

    private static Scan batched(JavaSubgraph body) {
        return new Scan(body, 1, List.of(), List.of(), List.of(), List.of(), true);
    }

    private static HostTensor scalar(long value) {
        return HostTensor.of(Shape.SCALAR, value);
    }

    private static long number(HostValue value) {
        return ((HostTensor) value).getLong(0);
    }
}
