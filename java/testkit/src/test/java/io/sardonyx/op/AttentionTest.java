package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.JavaSubgraph;
import io.sardonyx.testkit.OperatorTest;
import io.sardonyx.testkit.Tolerance;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Attention of every kind, and RotaryEmbedding. */
class AttentionTest extends OperatorTest {
    private static final float INF = Float.POSITIVE_INFINITY;

    /** q = 0: every key counts alike. */
    private static final HostTensor ZERO = HostTensor.of(Shape.of(1, 2, 1), 0f, 0f);

    private static final HostTensor KEYS = HostTensor.of(Shape.of(1, 2, 1), 7f, 8f);
    private static final HostTensor VALUES = HostTensor.of(Shape.of(1, 2, 1), 2f, 4f);

    @Override
    protected Stream<Case> cases() {
        return Stream.of(onnx(), onnxRejections(), microsoft(), fused(), flex(), linear(), rotary())
                .flatMap(c -> c);
    }

    private static Stream<Case> onnx() {
        HostTensor past = HostTensor.of(Shape.of(1, 1, 1, 1), 9f);
        return Stream.of(
                attend("mean of the values", Map.of()).expect(HostTensor.of(Shape.of(1, 2, 1), 3f, 3f)),
                attend("causal", Map.of("is_causal", 1L)).expect(HostTensor.of(Shape.of(1, 2, 1), 2f, 3f)),
                attend("bool mask", Map.of())
                        .input(HostTensor.of(DType.BOOL, Shape.of(2, 2), 0, 1, 0, 0))
                        .expect(HostTensor.of(Shape.of(1, 2, 1), 4f, 0f)),
                attend("float mask", Map.of())
                        .input(HostTensor.of(Shape.of(2), 0f, (float) Math.log(3)))
                        .expect(HostTensor.of(Shape.of(1, 2, 1), 3.5f, 3.5f)),
                attend("all masked", Map.of("qk_matmul_output_mode", 3L))
                        .input(HostTensor.of(Shape.of(2, 2), -INF, -INF, 0f, -INF))
                        .expect(
                                HostTensor.of(Shape.of(1, 2, 1), 0f, 2f),
                                KEYS.reshaped(Shape.of(1, 1, 2, 1)),
                                VALUES.reshaped(Shape.of(1, 1, 2, 1)),
                                HostTensor.of(Shape.of(1, 1, 2, 2), 0f, 0f, 1f, 0f)),
                attend("causal behind a past", Map.of("is_causal", 1L))
                        .absent()
                        .input(past)
                        .input(past)
                        .expect(
                                HostTensor.of(Shape.of(1, 2, 1), 5.5f, 5f),
                                HostTensor.of(Shape.of(1, 1, 3, 1), 9f, 7f, 8f),
                                HostTensor.of(Shape.of(1, 1, 3, 1), 9f, 2f, 4f)),
                attend("keys that are there", Map.of())
                        .absent()
                        .absent()
                        .absent()
                        .input(HostTensor.of(Shape.of(1), 1L))
                        .expect(HostTensor.of(Shape.of(1, 2, 1), 2f, 2f)),
                Case.of(
                                "soft cap",
                                attention(Map.of(
                                        "q_num_heads",
                                        1L,
                                        "kv_num_heads",
                                        1L,
                                        "softcap",
                                        2f,
                                        "qk_matmul_output_mode",
                                        1L)))
                        .input(HostTensor.of(Shape.of(1, 1, 1), 1e6f))
                        .input(KEYS)
                        .input(VALUES)
                        .expect(
                                HostTensor.of(Shape.of(1, 1, 1), 3f),
                                KEYS.reshaped(Shape.of(1, 1, 2, 1)),
                                VALUES.reshaped(Shape.of(1, 1, 2, 1)),
                                HostTensor.of(Shape.of(1, 1, 1, 2), 2f, 2f)),
                four("four axes", Map.of(), 2, 3, 3, 5, 7, 8, 8),
                four("four axes of odd sizes, causal", Map.of("is_causal", 1L), 1, 2, 2, 17, 33, 5, 11),
                four("shared heads", Map.of("softcap", 3f), 2, 6, 2, 4, 9, 16, 16),
                four("one query", Map.of("scale", 0.3f), 1, 4, 4, 1, 65, 32, 32),
                four("no keys", Map.of(), 1, 2, 2, 3, 0, 4, 4),
                four("float mask of one row", Map.of("is_causal", 1L), 2, 2, 2, 6, 6, 4, 4)
                        .input(Data.normal(4, 2, 1, 1, 6)),
                four("float mask of one head", Map.of(), 2, 2, 2, 6, 10, 4, 4).input(Data.normal(4, 6, 10)),
                four("bool mask", Map.of(), 2, 2, 2, 6, 10, 4, 4)
                        .input(Data.integers(DType.BOOL, 4, 0, 1, 2, 2, 6, 10)),
                four("mask shorter than the keys", Map.of(), 2, 2, 2, 6, 10, 4, 4)
                        .input(Data.normal(4, 6, 7)),
                four("lengths", Map.of(), 3, 2, 1, 7, 10, 4, 5)
                        .absent()
                        .absent()
                        .absent()
                        .input(HostTensor.of(Shape.of(3), 0L, 4L, 10L)),
                four("lengths, causal", Map.of("is_causal", 1L), 3, 2, 1, 7, 10, 4, 5)
                        .absent()
                        .absent()
                        .absent()
                        .input(HostTensor.of(Shape.of(3), 3L, 7L, 10L)),
                four("a past of 9", Map.of("is_causal", 1L), 2, 4, 2, 5, 5, 8, 6)
                        .absent()
                        .input(Data.normal(5, 2, 2, 9, 8))
                        .input(Data.normal(6, 2, 2, 9, 6))
                        .outputs(3),
                four("an empty past and a mask", Map.of(), 2, 2, 2, 6, 5, 8, 6)
                        .input(Data.normal(4, 6, 5))
                        .input(Data.normal(5, 2, 2, 0, 8))
                        .input(Data.normal(6, 2, 2, 0, 6))
                        .outputs(3),
                four("all keys without a past", Map.of(), 2, 2, 2, 1, 5, 8, 6).outputs(3),
                four("wide heads", Map.of("is_causal", 1L), 1, 1, 1, 33, 35, 200, 256),
                four("few queries of wide heads", Map.of(), 1, 2, 1, 3, 40, 256, 130),
                halves(DType.FLOAT16, 1e-3, 1, 2, 2, 9, 37, 24, 40),
                halves(DType.BFLOAT16, 1e-2, 1, 2, 1, 33, 37, 64, 64).input(Data.normal(DType.BFLOAT16, 4, 33, 37)));
    }

    private static Case attend(String name, Map<String, Object> more) {
        var attributes = new java.util.HashMap<>(more);
        attributes.put("q_num_heads", 1L);
        attributes.put("kv_num_heads", 1L);
        return Case.of(name, attention(attributes)).input(ZERO).input(KEYS).input(VALUES);
    }

    private static Attention attention(Map<String, Object> attributes) {
        return Attention.read(Attributes.of(24, attributes));
    }

    private static Case four(
            String name, Map<String, Object> attributes, long b, long h, long kv, long s, long t, long d, long dv) {
        return Case.of(name, attention(attributes))
                .input(Data.normal(1, b, h, s, d))
                .input(Data.normal(2, b, kv, t, d))
                .input(Data.normal(3, b, kv, t, dv))
                .within(Tolerance.of(1e-5, 1e-5));
    }

    private static Case halves(DType dtype, double error, long b, long h, long kv, long s, long t, long d, long dv) {
        return Case.of(dtype.toString(), attention(Map.of()))
                .input(Data.normal(dtype, 1, b, h, s, d))
                .input(Data.normal(dtype, 2, b, kv, t, d))
                .input(Data.normal(dtype, 3, b, kv, t, dv))
                .within(Tolerance.of(error, error));
    }

    private static Stream<Case> onnxRejections() {
        return Stream.of(
                Case.of("no number of heads", attention(Map.of()))
                        .input(ZERO)
                        .input(KEYS)
                        .input(VALUES)
                        .rejects("with 0 heads, given float32[1, 2, 1]"),
                four("3 heads for 2", Map.of(), 1, 3, 2, 4, 4, 4, 4).rejects("Q, K and V do not fit"),
                four("mask of another length", Map.of(), 1, 2, 2, 4, 4, 4, 4)
                        .input(Data.normal(1, 4, 5))
                        .rejects("shapes do not broadcast: [4, 5] and [1, 2, 4, 4]"),
                attend("more keys than there are", Map.of())
                        .absent()
                        .absent()
                        .absent()
                        .input(HostTensor.of(Shape.of(1), 3L))
                        .rejects("nonpad_kv_seqlen: 3 is outside [0, 2]"),
                attend("a past of K alone", Map.of())
                        .absent()
                        .input(HostTensor.of(Shape.of(1, 1, 1, 1), 9f))
                        .rejects("only one of past_key and past_value"));
    }

    /** Weights that make q = 0, k = 0 and v = x. */
    private static Stream<Case> microsoft() {
        HostTensor x = HostTensor.of(Shape.of(1, 3, 1), 1f, 2f, 6f);
        HostTensor weights = HostTensor.of(Shape.of(1, 3), 0f, 0f, 1f);
        HostTensor bias = HostTensor.of(Shape.of(3), 0f, 0f, 10f);
        return Stream.of(
                Case.of("mean", microsoft(Map.of()))
                        .input(x)
                        .input(weights)
                        .input(bias)
                        .expect(HostTensor.of(Shape.of(1, 3, 1), 13f, 13f, 13f)),
                Case.of("unidirectional with a past", microsoft(Map.of("unidirectional", 1L)))
                        .input(x)
                        .input(weights)
                        .input(bias)
                        .absent()
                        .input(HostTensor.of(Shape.of(2, 1, 1, 1, 1), 5f, 21f))
                        .expect(
                                HostTensor.of(Shape.of(1, 3, 1), 16f, 44f / 3, 15f),
                                HostTensor.of(Shape.of(2, 1, 1, 4, 1), 5f, 0f, 0f, 0f, 21f, 11f, 12f, 16f)),
                masked("mask of ends", HostTensor.of(DType.INT32, Shape.of(1), 2))
                        .expect(row(11.5f)),
                masked("mask of ends and starts", HostTensor.of(DType.INT32, Shape.of(2), 3, 1))
                        .expect(row(14f)),
                masked("mask of keys", HostTensor.of(DType.INT32, Shape.of(1, 3), 1, 0, 1))
                        .expect(row(13.5f)),
                masked(
                                "mask of queries and keys",
                                HostTensor.of(DType.INT32, Shape.of(1, 3, 3), 1, 0, 0, 0, 1, 0, 0, 0, 1))
                        .expect(HostTensor.of(Shape.of(1, 3, 1), 11f, 12f, 16f)),
                masked("mask of positions", HostTensor.of(DType.INT32, Shape.of(1, 1, 3, 3), 1, 0, 0, 0, 1, 0, 0, 0, 1))
                        .expect(HostTensor.of(Shape.of(1, 3, 1), 11f, 12f, 16f)),
                masked("mask of another length", HostTensor.of(DType.INT32, Shape.of(1, 4), 1, 1, 1, 1))
                        .rejects("mask int32[1, 4] does not fit"));
    }

    private static MicrosoftAttention microsoft(Map<String, Object> more) {
        var attributes = new java.util.HashMap<>(more);
        attributes.put("num_heads", 1L);
        return MicrosoftAttention.read(Attributes.of(1, attributes));
    }

    private static Case masked(String name, HostTensor mask) {
        return Case.of(name, microsoft(Map.of()))
                .input(HostTensor.of(Shape.of(1, 3, 1), 1f, 2f, 6f))
                .input(HostTensor.of(Shape.of(1, 3), 0f, 0f, 1f))
                .input(HostTensor.of(Shape.of(3), 0f, 0f, 10f))
                .input(mask);
    }

    private static HostTensor row(float value) {
        return HostTensor.of(Shape.of(1, 3, 1), value, value, value);
    }

    private static Stream<Case> fused() {
        return Stream.of(
                fused("MiniLM", 1, 128, 128, 12, 32, 32).input(Data.normal(4, 1, 1, 1, 128)),
                fused("without a mask", 2, 16, 16, 3, 32, 32),
                fused("odd sizes", 2, 7, 19, 3, 5, 9).input(Data.normal(4, 2, 3, 7, 19)),
                fused("one of each", 1, 1, 1, 1, 1, 1).input(Data.normal(4, 1)),
                fused("tile sizes plus one", 1, 65, 129, 2, 33, 17).input(Data.normal(4, 65, 1)),
                fused("no queries", 1, 0, 5, 2, 4, 4),
                fused("masked rows", 1, 3, 4, 1, 8, 8)
                        .input(HostTensor.of(
                                Shape.of(3, 4), -INF, -INF, -INF, -INF, 0f, -INF, -INF, 0f, 0f, 0f, 0f, -INF)),
                Case.of("four axes", new ScaledDotProductAttention(3, 0.5f))
                        .input(Data.normal(1, 2, 5, 3, 4))
                        .input(Data.normal(2, 2, 6, 3, 4))
                        .input(Data.normal(3, 2, 6, 3, 4))
                        .within(Tolerance.of(1e-5, 1e-5)),
                Case.of("NaN spoils its query only", new ScaledDotProductAttention(1, 1))
                        .input(HostTensor.of(Shape.of(1, 2, 1), Float.NaN, 0f))
                        .input(KEYS)
                        .input(VALUES)
                        .expect(HostTensor.of(Shape.of(1, 2, 1), Float.NaN, 3f)),
                Case.of("heads that do not divide", new ScaledDotProductAttention(3, 1))
                        .input(Data.normal(1, 1, 2, 4))
                        .input(Data.normal(1, 1, 2, 4))
                        .input(Data.normal(1, 1, 2, 4))
                        .rejects("with 3 heads, given float32[1, 2, 4]"));
    }

    private static Case fused(String name, long b, long s, long t, long h, long d, long dv) {
        return Case.of(name, new ScaledDotProductAttention(h, (float) (1 / Math.sqrt(d))))
                .input(Data.normal(1, b, s, h * d))
                .input(Data.normal(2, b, t, h * d))
                .input(Data.normal(3, b, t, h * dv))
                .within(Tolerance.of(1e-5, 1e-5));
    }

    private static Stream<Case> flex() {
        Shape four = Shape.of(1, 1, 2, 1);
        var first = new JavaSubgraph(1, 1, in -> List.of(HostTensor.of(Shape.of(1, 1, 2, 2), 0f, -INF, 0f, -INF)));
        var twice = new JavaSubgraph(1, 1, in -> List.of(HostTensor.of(Shape.of(1, 1, 2, 2), 2f, 0f, 0f, 2f)));
        var none = new JavaSubgraph(1, 1, in -> List.of(ZERO));
        return Stream.of(
                flex("plain", Optional.empty(), Optional.empty()).expect(HostTensor.of(four, 3f, 3f)),
                flex("changed scores", Optional.of(first), Optional.empty()).expect(HostTensor.of(four, 2f, 2f)),
                flex("changed probabilities", Optional.empty(), Optional.of(twice))
                        .expect(HostTensor.of(four, 4f, 8f)),
                flex("a function that changes the shape", Optional.of(none), Optional.empty())
                        .rejects("a function turned float32[1, 1, 2, 2] into [float32[1, 2, 1]]"));
    }

    private static Case flex(String name, Optional<Subgraph> scoreMod, Optional<Subgraph> probMod) {
        Shape four = Shape.of(1, 1, 2, 1);
        return Case.of("flex: " + name, new FlexAttention(0, scoreMod, probMod, Optional.empty()))
                .input(ZERO.reshaped(four))
                .input(KEYS.reshaped(four))
                .input(VALUES.reshaped(four));
    }

    private static Stream<Case> linear() {
        HostTensor ones = HostTensor.of(Shape.of(1, 2, 1), 1f, 1f);
        HostTensor halves = HostTensor.of(Shape.of(1, 2, 1), .5f, .5f);
        HostTensor decay = HostTensor.of(Shape.of(1, 2, 1), (float) Math.log(.5), (float) Math.log(.5));
        return Stream.of(
                linear("linear")
                        .expect(HostTensor.of(Shape.of(1, 2, 1), 2f, 6f), HostTensor.of(Shape.of(1, 1, 1, 1), 6f)),
                linear("gated").absent().input(decay).expect(HostTensor.of(Shape.of(1, 2, 1), 2f, 5f)),
                linear("delta").absent().absent().input(halves).expect(HostTensor.of(Shape.of(1, 2, 1), 1f, 2.5f)),
                linear("gated_delta")
                        .input(HostTensor.of(Shape.of(1, 1, 1, 1), 2f))
                        .input(decay)
                        .input(ones)
                        .expect(HostTensor.of(Shape.of(1, 2, 1), 2f, 4f)),
                linear("delta")
                        .absent()
                        .absent()
                        .input(KEYS.reshaped(Shape.of(2, 1, 1)))
                        .rejects("beta: expected"));
    }

    private static Case linear(String rule) {
        Attributes attributes = Attributes.of(27, Map.of("q_num_heads", 1L, "kv_num_heads", 1L, "update_rule", rule));
        HostTensor ones = HostTensor.of(Shape.of(1, 2, 1), 1f, 1f);
        return Case.of("linear attention: " + rule, LinearAttention.read(attributes))
                .input(ones)
                .input(ones)
                .input(VALUES);
    }

    private static Stream<Case> rotary() {
        HostTensor x = HostTensor.of(Shape.of(1, 1, 1, 4), 1f, 2f, 3f, 4f);
        HostTensor cos = HostTensor.of(Shape.of(2, 2), 1f, 1f, 0f, 0f);
        HostTensor sin = HostTensor.of(Shape.of(2, 2), 0f, 0f, 1f, 1f);
        HostTensor last = HostTensor.of(Shape.of(1, 1), 1L);
        return Stream.of(
                Case.of("quarter turn of halves", new RotaryEmbedding(false, 0, 0))
                        .input(x)
                        .input(cos)
                        .input(sin)
                        .input(last)
                        .expect(HostTensor.of(Shape.of(1, 1, 1, 4), -3f, -4f, 1f, 2f)),
                Case.of("quarter turn of neighbours", new RotaryEmbedding(true, 0, 0))
                        .input(x)
                        .input(cos)
                        .input(sin)
                        .input(last)
                        .expect(HostTensor.of(Shape.of(1, 1, 1, 4), -2f, 1f, -4f, 3f)),
                Case.of("part of a head", new RotaryEmbedding(false, 1, 2))
                        .input(x.reshaped(Shape.of(1, 1, 4)))
                        .input(HostTensor.of(Shape.of(1, 1, 1), 0f))
                        .input(HostTensor.of(Shape.of(1, 1, 1), 1f))
                        .expect(HostTensor.of(Shape.of(1, 1, 4), -2f, 1f, 3f, 4f)),
                Case.of("a position outside", new RotaryEmbedding(true, 0, 0))
                        .input(x)
                        .input(cos)
                        .input(sin)
                        .input(HostTensor.of(Shape.of(1, 1), 2L))
                        .rejects("position 2 is outside [0, 2)"));
    }
}
