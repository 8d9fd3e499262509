package io.sardonyx.bench.contender;

import java.util.List;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;

/**
 * A primitive of oneDNN and how its arguments lie.
 *
 * @param inputs in the order of a problem's operands
 */
record OneDnnPrimitive(primitive primitive, List<Argument> inputs, Argument output) {
    /**
     * An operand or the result.
     *
     * @param index as in {@code DNNL_ARG_SRC}
     * @param given how it lies outside: its last axis is dense
     * @param wanted how the primitive wants it
     * @param constant so that it is reordered once, and not in every call
     */
    record Argument(int index, memory.desc given, memory.desc wanted, boolean constant) {
        boolean needsReorder() {
            return given.notEquals(wanted);
        }
    }
}
