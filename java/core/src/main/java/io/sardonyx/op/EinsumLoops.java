package io.sardonyx.op;

import io.sardonyx.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The loops that an Einsum equation stands for: one for each axis of the result, then one for each axis that is summed over.
 *
 * @param sizes the loops' lengths
 * @param axes how many of them are axes of the result
 * @param strides for each operand, how far a step of each loop moves in it
 */
record EinsumLoops(long[] sizes, int axes, List<long[]> strides) {
    /** An equation in characters: letters stand for themselves, and axis i of the ellipsis, from the last, for i + 1. */
    private record Equation(List<String> operands, String result) {
        static Equation parse(String text, List<Shape> shapes) {
            String[] sides = text.replace(" ", "").split("->", -1);
            String[] terms = sides[0].split(",", -1);
            if (sides.length > 2 || terms.length != shapes.size()) {
                throw invalid(text, "it has " + terms.length + " operands, given " + shapes.size());
            }
            int ellipsis = 0;
            List<String> operands = new ArrayList<>();
            for (int i = 0; i < terms.length; i++) {
                int letters = terms[i].replace("...", "").length();
                int hidden = shapes.get(i).rank() - letters;
                if (hidden < 0 || hidden > 0 && !terms[i].contains("...")) {
                    throw invalid(text, "'" + terms[i] + "' names " + letters + " axes, given " + shapes.get(i));
                }
                ellipsis = Math.max(ellipsis, hidden);
                operands.add(expand(text, terms[i], hidden));
            }
            String result = sides.length == 2 ? expand(text, sides[1], ellipsis) : implied(operands, ellipsis);
            for (int i = 0; i < result.length(); i++) {
                char label = result.charAt(i);
                if (result.indexOf(label) != i || operands.stream().noneMatch(o -> o.indexOf(label) >= 0)) {
                    throw invalid(text, "the result's axes must differ and occur in an operand");
                }
            }
            return new Equation(operands, result);
        }

        private static String expand(String text, String term, int ellipsis) {
            int dots = term.indexOf("...");
            String letters = dots < 0 ? term : term.substring(0, dots) + term.substring(dots + 3);
            if (!letters.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z')) {
                throw invalid(text, "'" + term + "' is not letters and at most one ellipsis");
            }
            return dots < 0 ? term : term.substring(0, dots) + ellipsisAxes(ellipsis) + term.substring(dots + 3);
        }

        private static String ellipsisAxes(int count) {
            StringBuilder axes = new StringBuilder();
            for (int i = count; i > 0; i--) {
                axes.append((char) i);
            }
            return axes.toString();
        }

        private static String implied(List<String> operands, int ellipsis) {
            String all = String.join("", operands);
            StringBuilder once = new StringBuilder(ellipsisAxes(ellipsis));
            all.chars()
                    .filter(c -> c >= 'A' && all.indexOf(c) == all.lastIndexOf(c))
                    .sorted()
                    .forEach(c -> once.append((char) c));
            return once.toString();
        }

        private static IllegalArgumentException invalid(String text, String reason) {
            return new IllegalArgumentException("Einsum: equation '" + text + "': " + reason);
        }
    }

    static EinsumLoops of(String text, List<Shape> shapes) {
        Equation equation = Equation.parse(text, shapes);
        StringBuilder labels = new StringBuilder(equation.result());
        for (String operand : equation.operands()) {
            for (char label : operand.toCharArray()) {
                if (labels.indexOf(String.valueOf(label)) < 0) {
                    labels.append(label);
                }
            }
        }
        long[] sizes = new long[labels.length()];
        Arrays.fill(sizes, 1);
        List<long[]> strides = new ArrayList<>();
        for (int i = 0; i < shapes.size(); i++) {
            Shape shape = shapes.get(i);
            long[] dense = shape.strides();
            long[] steps = new long[sizes.length];
            for (int axis = 0; axis < shape.rank(); axis++) {
                int loop =
                        labels.indexOf(String.valueOf(equation.operands().get(i).charAt(axis)));
                long size = shape.size(axis);
                if (size != 1) {
                    if (sizes[loop] != 1 && sizes[loop] != size) {
                        throw new IllegalArgumentException("Einsum: equation '" + text + "': sizes of one axis differ: "
                                + sizes[loop] + " and " + size + " in " + shapes);
                    }
                    sizes[loop] = size;
                    steps[loop] += dense[axis];
                }
            }
            strides.add(steps);
        }
        return new EinsumLoops(sizes, equation.result().length(), strides);
    }

    Shape result() {
        return Shape.of(Arrays.copyOf(sizes, axes));
    }

    /** Called for every step of all loops, with the position in the result and those in the operands. */
    private interface Body {
        void accept(int to, int[] from);
    }

    private void forEach(Body body) {
        if (Arrays.stream(sizes).anyMatch(size -> size == 0)) {
            return;
        }
        long summed = Shape.of(Arrays.copyOfRange(sizes, axes, sizes.length)).elements();
        long[] index = new long[sizes.length];
        int[] from = new int[strides.size()];
        for (int to = 0; to < result().elements(); to++) {
            for (long i = 0; i < summed; i++) {
                body.accept(to, from);
                advance(index, from);
            }
        }
    }

    private void advance(long[] index, int[] from) {
        for (int loop = sizes.length - 1; loop >= 0; loop--) {
            boolean wraps = ++index[loop] == sizes[loop];
            for (int i = 0; i < from.length; i++) {
                from[i] += (int) (strides.get(i)[loop] * (wraps ? 1 - sizes[loop] : 1));
            }
            if (!wraps) {
                return;
            }
            index[loop] = 0;
        }
    }

    double[] sums(List<double[]> operands) {
        double[] sums = new double[(int) result().elements()];
        forEach((to, from) -> {
            double product = 1;
            for (int i = 0; i < from.length; i++) {
                product *= operands.get(i)[from[i]];
            }
            sums[to] += product;
        });
        return sums;
    }

    long[] wrappedSums(List<long[]> operands) {
        long[] sums = new long[(int) result().elements()];
        forEach((to, from) -> {
            long product = 1;
            for (int i = 0; i < from.length; i++) {
                product *= operands.get(i)[from[i]];
            }
            sums[to] += product;
        });
        return sums;
    }
}
