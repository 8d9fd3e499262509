package io.sardonyx.bench.define;

import io.sardonyx.op.InputTypes;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A benchmark at one point of its axes: one operation on tensors of known types. Whoever computes it has the same one, from {@link
 * Benchmarks}.
 *
 * @param benchmark such as {@code matmul}
 * @param axes in the order of the benchmark: {@code m -> 512}
 * @param dtype of the operands
 * @param operands in the order of the operator's inputs
 * @param flops multiplications and additions of one call; 0 where only bytes count
 * @param leastFlops those that remain by the algorithm which needs the fewest; a roof binds these alone
 * @param readBytes each input once; of a table, no more than is asked for
 * @param cuts along which a result may be verified in part
 */
public record Problem(
        String benchmark,
        Map<String, Long> axes,
        DType dtype,
        Node node,
        List<Operand> operands,
        double flops,
        double leastFlops,
        double readBytes,
        List<Cut> cuts,
        Tolerance tolerance) {
    private static final long STEP = 0x9E3779B97F4A7C15L;

    /** Copies the collections. */
    public Problem {
        axes = Collections.unmodifiableMap(new LinkedHashMap<>(axes));
        operands = List.copyOf(operands);
        cuts = List.copyOf(cuts);
    }

    /** The same, of which an algorithm needs only so many of the {@link #flops}. */
    Problem needing(double fewer) {
        return new Problem(benchmark, axes, dtype, node, operands, flops, fewer, readBytes, cuts, tolerance);
    }

    /** The size along an axis, as in {@code axis("m")}. */
    public long axis(String name) {
        return axes.get(name);
    }

    /** Types of the operands. */
    public List<TensorType> types() {
        return operands.stream().map(Operand::type).toList();
    }

    /** The type of the result, which is one tensor. */
    public TensorType output() {
        return node.operator()
                .infer(InputTypes.of(types(), 1, i -> null, i -> operands.get(i).constant()))
                .get(0);
    }

    /** Each input read once and the output written once. */
    public double bytes() {
        return readBytes + output().byteSize();
    }

    /** The operands' values, the same in every process. */
    public List<HostTensor> inputs(long seed) {
        List<HostTensor> inputs = new ArrayList<>();
        for (int i = 0; i < operands.size(); i++) {
            inputs.add(operands.get(i).values(seed + i * STEP));
        }
        return inputs;
    }

    /** The problem that {@link #toString} prints so. */
    public static Problem parse(String text) {
        String[] words = text.split(" ");
        Map<String, Long> axes = new LinkedHashMap<>();
        for (int i = 1; i < words.length - 1; i++) {
            String[] axis = words[i].split("=");
            axes.put(axis[0], Long.parseLong(axis[1]));
        }
        return Benchmarks.named(words[0]).at(axes, DType.ofName(words[words.length - 1]));
    }

    /** As a user would say it: {@code matmul m=512 n=512 k=512 float32}. */
    @Override
    public String toString() {
        return benchmark + " "
                + axes.entrySet().stream()
                        .map(e -> e.getKey() + "=" + e.getValue())
                        .collect(Collectors.joining(" "))
                + " " + dtype;
    }
}
