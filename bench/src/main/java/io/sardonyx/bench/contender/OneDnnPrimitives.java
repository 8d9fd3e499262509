package io.sardonyx.bench.contender;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import io.sardonyx.bench.contender.OneDnnPrimitive.Argument;
import io.sardonyx.bench.define.Problem;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.normalization_flags;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.layer_normalization_forward;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.softmax_forward;

/** What oneDNN has for a problem: one primitive, or several that differ in how their arguments lie. Weights lie as it prefers. */
record OneDnnPrimitives(engine cpu, Problem problem) {
    private static final float EPSILON = 1e-5f; // ONNX's, where a node names none

    /** @throws UnsupportedProblemException if there is none */
    List<OneDnnPrimitive> all() {
        List<OneDnnPrimitive> made = new ArrayList<>();
        RuntimeException refused = null;
        for (Supplier<OneDnnPrimitive> way : ways()) {
            try {
                made.add(way.get());
            } catch (UnsupportedProblemException e) {
                throw e;
            } catch (RuntimeException e) { // which is how an error of C++ arrives
                refused = e;
            }
        }
        if (made.isEmpty()) {
            throw new UnsupportedProblemException(
                    "has no " + problem.node().name() + " of " + problem.dtype() + " here: " + refused.getMessage(),
                    refused);
        }
        return made;
    }

    private List<Supplier<OneDnnPrimitive>> ways() {
        return switch (problem.node().name()) {
            case "MatMul", "MatMulInteger" -> List.of(this::product);
            case "Conv" -> List.of(() -> convolution(true), () -> convolution(false));
            case "Softmax" -> List.of(this::softmax);
            case "LayerNormalization" -> List.of(this::layerNormalization);
            default ->
                throw new UnsupportedProblemException(
                        "has no adapter for " + problem.node().name());
        };
    }

    private OneDnnPrimitive product() {
        memory.desc a = plain(problem.types().get(0));
        memory.desc b = plain(problem.types().get(1));
        memory.desc c = plain(problem.output());
        boolean constant = problem.operands().get(1).constant();
        var made =
                new matmul.primitive_desc(cpu, a, constant ? any(problem.types().get(1)) : b, c);
        return new OneDnnPrimitive(
                new matmul(made),
                List.of(
                        new Argument(DNNL_ARG_SRC, a, made.src_desc(), false),
                        new Argument(DNNL_ARG_WEIGHTS, b, made.weights_desc(), constant)),
                new Argument(DNNL_ARG_DST, c, made.dst_desc(), false));
    }

    /** @param free whether images, too, lie as oneDNN prefers; then they are reordered in every call */
    private OneDnnPrimitive convolution(boolean free) {
        TensorType x = problem.types().get(0);
        TensorType bias = problem.types().get(2);
        long[] w = weights();
        DType dtype = problem.dtype();
        var made = new convolution_forward.primitive_desc(
                cpu,
                prop_kind.forward_inference,
                algorithm.convolution_auto,
                free ? any(x) : plain(x),
                new memory.desc(w, type(dtype), memory.format_tag.any),
                plain(bias),
                free ? any(problem.output()) : plain(problem.output()),
                longs("strides", 0),
                longs("pads", 0),
                longs("pads", 2));
        return new OneDnnPrimitive(
                new convolution_forward(made),
                List.of(
                        new Argument(DNNL_ARG_SRC, plain(x), made.src_desc(), false),
                        new Argument(DNNL_ARG_WEIGHTS, plain(dtype, w), made.weights_desc(), true),
                        new Argument(DNNL_ARG_BIAS, plain(bias), made.bias_desc(), true)),
                new Argument(DNNL_ARG_DST, plain(problem.output()), made.dst_desc(), false));
    }

    /** Groups are an axis of their own. */
    private long[] weights() {
        long[] sizes = problem.types().get(1).shape().toArray();
        long group = (Long) problem.node().attributes().getOrDefault("group", 1L);
        return group == 1 ? sizes : new long[] {group, sizes[0] / group, sizes[1], sizes[2], sizes[3]};
    }

    private OneDnnPrimitive softmax() {
        memory.desc x = plain(problem.types().get(0));
        var made = new softmax_forward.primitive_desc(
                cpu, prop_kind.forward_inference, algorithm.softmax_accurate, x, x, axis());
        return new OneDnnPrimitive(
                new softmax_forward(made),
                List.of(new Argument(DNNL_ARG_SRC, x, made.src_desc(), false)),
                new Argument(DNNL_ARG_DST, x, made.dst_desc(), false));
    }

    private OneDnnPrimitive layerNormalization() {
        memory.desc x = plain(problem.types().get(0));
        memory.desc vector = plain(problem.types().get(1));
        if (axis() != problem.types().get(0).shape().rank() - 1) {
            throw new UnsupportedProblemException("normalizes the last axis alone");
        }
        var made = new layer_normalization_forward.primitive_desc(
                cpu,
                prop_kind.forward_inference.value,
                x,
                x,
                type(problem.dtype()),
                (Float) problem.node().attributes().getOrDefault("epsilon", EPSILON),
                normalization_flags.use_scale.value | normalization_flags.use_shift.value);
        return new OneDnnPrimitive(
                new layer_normalization_forward(made),
                List.of(
                        new Argument(DNNL_ARG_SRC, x, made.src_desc(), false),
                        new Argument(DNNL_ARG_SCALE, vector, vector, true),
                        new Argument(DNNL_ARG_SHIFT, vector, vector, true)),
                new Argument(DNNL_ARG_DST, x, made.dst_desc(), false));
    }

    private int axis() {
        long axis = (Long) problem.node().attributes().getOrDefault("axis", -1L);
        return problem.types().get(0).shape().axis(Math.toIntExact(axis));
    }

    /** Two sizes of an attribute, from the {@code first} on. */
    private long[] longs(String attribute, int first) {
        List<?> all = (List<?>) problem.node().attributes().get(attribute);
        return new long[] {(Long) all.get(first), (Long) all.get(first + 1)};
    }

    private static memory.desc any(TensorType type) {
        return new memory.desc(type.shape().toArray(), type(type.dtype()), memory.format_tag.any);
    }

    private static memory.desc plain(TensorType type) {
        return plain(type.dtype(), type.shape().toArray());
    }

    private static memory.desc plain(DType dtype, long... sizes) {
        long[] strides = new long[sizes.length];
        long stride = 1;
        for (int i = sizes.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= sizes[i];
        }
        return new memory.desc(sizes, type(dtype), strides);
    }

    private static memory.data_type type(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> memory.data_type.f32;
            case FLOAT16 -> memory.data_type.f16;
            case BFLOAT16 -> memory.data_type.bf16;
            case INT8 -> memory.data_type.s8;
            case INT32 -> memory.data_type.s32;
            default -> throw new UnsupportedProblemException("has no " + dtype + " on the CPU");
        };
    }
}
