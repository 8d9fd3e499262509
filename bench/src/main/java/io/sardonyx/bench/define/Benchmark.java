package io.sardonyx.bench.define;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * An operation with axes. What it does at a point of these is a {@link Problem}.
 *
 * @param description one line for people
 * @param dtypes that operands may have, the usual one first
 */
public record Benchmark(
        String name, String description, List<DType> dtypes, Map<String, Parameter> axes, Statement statement) {
    /** Of a tensor: inputs come from Java. */
    private static final long MOST_BYTES = Integer.MAX_VALUE - 16;

    /** What one axis is. */
    public record Parameter(long usual, long least, String meaning) {}

    /** A problem from sizes that are all there. */
    interface Statement {
        Problem at(Benchmark benchmark, Map<String, Long> sizes, DType dtype);
    }

    /**
     * The problem at a point.
     *
     * @param given sizes; the usual ones stand for those that are not
     * @throws IllegalArgumentException if there is no such axis or type, or a size makes no sense
     */
    public Problem at(Map<String, Long> given, DType dtype) {
        given.keySet().forEach(this::require);
        if (!dtypes.contains(dtype)) {
            throw new IllegalArgumentException("--dtype " + dtype + ": " + name + " takes " + names(dtypes));
        }
        Map<String, Long> sizes = new LinkedHashMap<>();
        axes.forEach((axis, parameter) -> {
            long size = given.getOrDefault(axis, parameter.usual);
            if (size < parameter.least) {
                throw new IllegalArgumentException("--axis " + axis + "=" + size + ": " + name + " needs at least "
                        + parameter.least + " (" + parameter.meaning + ")");
            }
            sizes.put(axis, size);
        });
        Problem problem;
        try {
            problem = statement.at(this, sizes, dtype);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(name + " " + sizes + ": such tensors are too large", e);
        }
        for (TensorType type : problem.types()) {
            if (type.byteSize() > MOST_BYTES) {
                throw new IllegalArgumentException(
                        name + " " + sizes + ": " + type + " takes 2 GiB or more; choose smaller sizes by --axis");
            }
        }
        problem.output(); // the operator looks at the types
        return problem;
    }

    /** @throws IllegalArgumentException if it has no axis of that name */
    public void require(String axis) {
        if (!axes.containsKey(axis)) {
            throw new IllegalArgumentException(
                    "--axis " + axis + ": " + name + " has no such axis; it has " + String.join(", ", axes.keySet()));
        }
    }

    private static String names(List<DType> dtypes) {
        return dtypes.stream().map(DType::toString).collect(Collectors.joining(", "));
    }
}
