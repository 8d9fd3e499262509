package io.sardonyx.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FusedElementwiseTest extends OperatorTest {
    private static final String[] GATE = {"Mul x0 x1", "Add y0 x2", "Sigmoid y1", "Mul y2 x0"};
    private static final HostTensor EXTREMES = HostTensor.of(
            Shape.of(7), -2f, 0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e-40f);

    private static FusedElementwise program(String... steps) {
        return FusedElementwise.read(Attributes.of(1, Map.of("steps", List.of(steps))));
    }

    private static Case gate(String name, HostTensor x, HostTensor a, HostTensor b) {
        return Case.of(name, program(GATE)).input(x).input(a).input(b);
    }

    @Override
    protected Stream<Case> cases() {
        Stream<Case> facts = Stream.of(
                Case.of("(x + 1) · 2, with numbers on either side", program("Add x0 1", "Mul 2 y0"))
                        .input(HostTensor.of(Shape.of(3), -1f, 0f, 2.5f))
                        .expect(HostTensor.of(Shape.of(3), 0f, 2f, 7f)),
                Case.of("each step is rounded", program("Add x0 16777216", "Sub y0 16777216"))
                        .input(HostTensor.of(Shape.of(3), 1f, 2f, 3f))
                        .expect(HostTensor.of(Shape.of(3), 0f, 2f, 4f)),
                Case.of("one step", program("Sub 1 x0"))
                        .input(HostTensor.of(Shape.of(2), 1f, 3f))
                        .expect(HostTensor.of(Shape.of(2), 0f, -2f)),
                Case.of("the same value on both sides", program("Add x0 x0", "Mul y0 y0"))
                        .input(HostTensor.of(Shape.of(2), 1f, 3f))
                        .expect(HostTensor.of(Shape.of(2), 4f, 36f)),
                Case.of(
                                "eight steps, results used much later",
                                program(
                                        "Add x0 x1",
                                        "Sub x0 x1",
                                        "Mul x2 x3",
                                        "Neg y0",
                                        "Max y3 y1",
                                        "Min y4 y2",
                                        "Add y5 y0",
                                        "Sub y6 y1"))
                        .input(HostTensor.of(Shape.of(2), 1f, 2f))
                        .input(HostTensor.of(Shape.of(2), 3f, -4f))
                        .input(HostTensor.of(Shape.of(2), 5f, 6f))
                        .input(HostTensor.of(Shape.of(2), 7f, 8f))
                        // sums 4, -2; differences -2, 6; products 35, 48
                        .expect(HostTensor.of(Shape.of(2), 4f, -2f)),
                Case.of(
                                "at least two axes",
                                new FusedElementwise(program("Add x0 1").steps(), 2))
                        .input(HostTensor.of(Shape.of(2), 1f, 2f))
                        .expect(HostTensor.of(Shape.of(1, 2), 2f, 3f)),
                Case.of("extremes through simple functions", program("Abs x0", "Relu x0", "Sub y0 y1", "Clip y2 0 5"))
                        .input(EXTREMES)
                        .expect(HostTensor.of(Shape.of(7), 2f, 0f, 0f, Float.NaN, Float.NaN, 5f, 0f)),
                Case.of("NaN wins in Max and Min", program("Max x0 1", "Min 0.5 y0"))
                        .input(EXTREMES)
                        .expect(HostTensor.of(Shape.of(7), .5f, .5f, .5f, Float.NaN, .5f, .5f, .5f)),
                Case.of("rejects integers", program("Neg x0"))
                        .input(HostTensor.of(Shape.of(1), 1L))
                        .rejects("FusedElementwise"),
                Case.of("rejects two types", program("Add x0 x1"))
                        .input(Data.normal(1, 3))
                        .input(Data.normal(DType.FLOAT64, 1, 3))
                        .rejects("FusedElementwise: operands differ in type: float32[3] and float64[3]"),
                Case.of("rejects an input too many", program("Neg x0"))
                        .input(Data.normal(1, 3))
                        .input(Data.normal(1, 3))
                        .rejects("FusedElementwise: expected 1 inputs, given 2"));
        return Stream.of(facts, functions(), shapes(), types()).flatMap(s -> s);
    }

    /** Every function behind another, on ordinary and on extreme numbers. */
    private static Stream<Case> functions() {
        return Arrays.stream(ElementFunction.values()).flatMap(function -> {
            String name = function.name();
            String[] steps = function.operands() == 2
                    ? new String[] {"Abs x0", name + " y0 x1", name + " y1 0.7", name + " 0.3 y1", "Add y2 y3"}
                    : new String[] {"Abs x0", name + " y0 0.4 0.6", name + " x1 0.4 0.6", "Add y1 y2"};
            return Stream.of(
                    Case.of(name, program(steps))
                            .input(Data.normal(1, 3, 37))
                            .input(Data.uniform(DType.FLOAT32, 2, 0.5, 2, 3, 37)),
                    Case.of(
                                    name + " of extremes",
                                    program("Neg x0", function.operands() == 2 ? name + " y0 x0" : name + " y0"))
                            .input(EXTREMES));
        });
    }

    private static Stream<Case> shapes() {
        return Stream.of(
                gate("one element", Data.normal(1, 1), Data.normal(2, 1), Data.normal(3, 1)),
                gate("no axes", Data.normal(1), Data.normal(2), Data.normal(3)),
                gate("empty", Data.normal(1, 0, 3), Data.normal(2, 3), Data.normal(3)),
                gate("a block and one", Data.normal(1, 513), Data.normal(2, 513), Data.normal(3, 1)),
                gate("a scalar and a row", Data.normal(1, 9, 515), Data.normal(2), Data.normal(3, 515)),
                gate("channels", Data.normal(1, 2, 5, 16, 16), Data.normal(2, 5, 1, 1), Data.normal(3, 2, 1, 1, 1)),
                gate("channels of few elements", Data.normal(1, 2, 67, 7), Data.normal(2, 67, 1), Data.normal(3, 7)),
                gate(
                        "rows of one operand are columns",
                        Data.normal(1, 33, 1, 3),
                        Data.normal(2, 33, 5, 1),
                        Data.normal(3, 3)),
                gate("all stretch", Data.normal(1, 4, 1, 1), Data.normal(2, 1, 6, 1), Data.normal(3, 1, 1, 8)),
                gate("rows of four", Data.normal(1, 5, 12), Data.normal(2, 5, 1), Data.normal(3, 12)),
                gate(
                        "enough for all threads",
                        Data.normal(1, 3, 30_001),
                        Data.normal(2, 30_001),
                        Data.normal(3, 3, 1)));
    }

    /** Short floats in whole groups and in ragged ones, all functions among them; each step is rounded. */
    private static Stream<Case> types() {
        Stream<Case> gates = Stream.of(DType.FLOAT64, DType.FLOAT16, DType.BFLOAT16)
                .flatMap(type -> Stream.of(5, 8, 516).map(columns -> Case.of("of " + type, program(GATE))
                        .input(Data.normal(type, 1, 2, columns))
                        .input(Data.normal(type, 2, columns))
                        .input(Data.normal(type, 3, 2, 1))));
        Stream<Case> functions = Arrays.stream(ElementFunction.values()).map(f -> Case.of(
                        f + " of float16", program("Abs x0", f.operands() == 2 ? f + " y0 x0" : f + " y0 0.4 0.6"))
                .input(Data.uniform(DType.FLOAT16, 4, 0.5, 2, 37)));
        Case rounded = Case.of("each step is rounded to float16", program("Add x0 2048", "Sub y0 2048"))
                .input(HostTensor.of(DType.FLOAT16, Shape.of(3), 1, 2, 3))
                .expect(HostTensor.of(DType.FLOAT16, Shape.of(3), 0, 2, 4));
        return Stream.of(gates, functions, Stream.of(rounded)).flatMap(s -> s);
    }

    @Test
    void malformedProgramsAreRefused() {
        refuses("steps: expected 1 to 8, given 0");
        refuses("steps: step 0 needs the result of step 0", "Neg y0");
        refuses("steps: nothing uses the result of step 0", "Neg x0", "Abs x0");
        refuses("steps: nothing uses input 0", "Neg x1");
        refuses("steps: expected an input from 0 to 3, given 4", "Neg x4");
        refuses("steps: ADD: no operand is an input or a result", "Add 1 2");
        refuses("steps: expected x0, y0 or a number, given 'z0' in 'Neg z0'", "Neg z0");
        assertThrows(IllegalArgumentException.class, () -> program("Add x0"));
        assertThrows(IllegalArgumentException.class, () -> program("Neg x0 x1"));
        assertThrows(IllegalArgumentException.class, () -> program("Modulo x0 x1"));
        assertThrows(
                IllegalArgumentException.class,
                () -> new FusedElementwise(program("Neg x0").steps(), -1));
    }

    private static void refuses(String message, String... steps) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> program(steps))
                        .getMessage());
    }

    @Test
    void textAndStepsAreOne() {
        for (String step : List.of("add x0 y1", "mul 0.5 x3", "sub y2 -1.0", "clip x0 0.0 6.0", "exp y0 0.0 0.0")) {
            assertEquals(step, ElementStep.read(step).toString());
        }
    }
}
