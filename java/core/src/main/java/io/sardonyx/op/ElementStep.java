package io.sardonyx.op;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One step of a {@link FusedElementwise}. An operand is {@link #input}, an earlier {@link #result}, or {@link #CONSTANT}, which
 * stands for {@code a}; else {@code a} and {@code b} are the function's attributes, 0 where it has none. {@code right} of a function
 * of one number is {@code CONSTANT}.
 *
 * <p>As text, {@code Add x0 y1} or {@code Mul y2 0.5} or {@code Clip x0 0.0 6.0}, where x0 is the first input and y1 what the second
 * step gave.
 */
public record ElementStep(ElementFunction function, int left, int right, float a, float b) {
    /** The operand that is the number {@code a}. */
    public static final int CONSTANT = -1;

    static final int MAX_INPUTS = 4; // kElementInputs

    public ElementStep {
        boolean binary = function.operands() == 2;
        if (left < CONSTANT || right < CONSTANT || (left == CONSTANT && (!binary || right == CONSTANT))) {
            throw new IllegalArgumentException("steps: " + function + ": no operand is an input or a result");
        }
        if (!binary && right != CONSTANT) {
            throw new IllegalArgumentException("steps: " + function + ": expected one operand, given two");
        }
    }

    /** The operand that is input {@code i}. */
    public static int input(int i) {
        if (i < 0 || i >= MAX_INPUTS) {
            throw new IllegalArgumentException(
                    "steps: expected an input from 0 to " + (MAX_INPUTS - 1) + ", given " + i);
        }
        return i;
    }

    /** The operand that is the result of step {@code s}. */
    public static int result(int s) {
        return MAX_INPUTS + s;
    }

    static ElementStep read(String text) {
        String[] words = text.trim().split("\\s+");
        List<Integer> operands = new ArrayList<>();
        List<Float> numbers = new ArrayList<>();
        for (int i = 1; i < words.length; i++) {
            String word = words[i];
            if (word.matches("[xy]\\d")) {
                int number = word.charAt(1) - '0';
                operands.add(word.charAt(0) == 'x' ? input(number) : result(number));
            } else {
                numbers.add(number(text, word));
                operands.add(CONSTANT);
            }
        }
        ElementFunction function = ElementFunction.of(words[0]);
        int expected = function.operands();
        boolean fits = expected == 2 ? operands.size() == 2 : operands.size() - numbers.size() == 1;
        if (!fits || numbers.size() > 2 || (expected == 1 && operands.get(0) == CONSTANT)) {
            throw new IllegalArgumentException("steps: expected an operand like x0 or y1 for each of the " + expected
                    + " of " + words[0] + ", then numbers, given '" + text + "'");
        }
        return new ElementStep(
                function,
                operands.get(0),
                expected == 2 ? operands.get(1) : CONSTANT,
                numbers.isEmpty() ? 0 : numbers.get(0),
                numbers.size() < 2 ? 0 : numbers.get(1));
    }

    private static float number(String text, String word) {
        try {
            return Float.parseFloat(word);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "steps: expected x0, y0 or a number, given '" + word + "' in '" + text + "'", e);
        }
    }

    /** Whether an operand is the result of an earlier step. */
    static boolean isResult(int operand) {
        return operand >= MAX_INPUTS;
    }

    private String operand(int operand) {
        return operand == CONSTANT
                ? Float.toString(a)
                : isResult(operand) ? "y" + (operand - MAX_INPUTS) : "x" + operand;
    }

    @Override
    public String toString() {
        String name = function.name().toLowerCase(Locale.ROOT) + " " + operand(left);
        return function.operands() == 2 ? name + " " + operand(right) : name + " " + a + " " + b;
    }
}
