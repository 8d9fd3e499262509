package io.sardonyx;

import static io.sardonyx.onnx.read.Onnx.attribute;
import static io.sardonyx.onnx.read.Onnx.body;
import static io.sardonyx.onnx.read.Onnx.node;
import static io.sardonyx.onnx.read.Onnx.raw;
import static io.sardonyx.onnx.read.Onnx.unshaped;
import static io.sardonyx.onnx.read.Onnx.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.ModelException;
import io.sardonyx.onnx.proto.AttributeProto;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.onnx.read.Onnx;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Shape;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A convolution or pooling that cannot be, in a model of fixed sizes: refused when it is loaded, in a line with the numbers. */
class WindowErrorsTest {
    private static final long[] X = {1, 4, 5, 7};
    private static final long[] W = {6, 4, 3, 3};
    private static final long HUGE = Long.MAX_VALUE;

    static Stream<Arguments> models() {
        return Stream.of(convolutions(), transposed(), pools()).flatMap(s -> s);
    }

    private static Stream<Arguments> convolutions() {
        return Stream.of(
                bad(
                        "larger than the padded input",
                        conv(W, ints("pads", 0, 0, 0, 0), ints("dilations", 1, 4)),
                        "reaches over 9",
                        "has 7"),
                bad(
                        "larger than the padded input",
                        conv(new long[] {6, 4, 8, 3}, ints("pads", 1, 0, 1, 0)),
                        "kernel 8",
                        "has 7"),
                bad("group 3 does not divide the 4 channels", conv(W, attribute("group", 3))),
                bad("group 0 does not divide", conv(W, attribute("group", 0))),
                bad("group -2 does not divide", conv(W, attribute("group", -2))),
                bad("group 4 does not divide", conv(new long[] {6, 1, 3, 3}, attribute("group", 4)), "6 filters"),
                bad("channels differ", conv(new long[] {6, 3, 3, 3}), "[1, 4, 5, 7] has 4", "takes 3"),
                bad("kernel_shape: expected [3, 3]", conv(W, ints("kernel_shape", 3, 2)), "[3, 2]"),
                bad("kernel_shape: expected [3, 3]", conv(W, ints("kernel_shape", 3)), "[3]"),
                bad("kernel of positive sizes", conv(new long[] {6, 4, 0, 3}), "[0, 3]"),
                bad("strides: expected 2 positive values", conv(W, ints("strides", 1, 0)), "[1, 0]"),
                bad("strides: expected 2 positive values", conv(W, ints("strides", -1, 1)), "[-1, 1]"),
                bad("strides: expected 2 positive values", conv(W, ints("strides", 2)), "[2]"),
                bad("dilations: expected 2 positive values", conv(W, ints("dilations", 0, 1)), "[0, 1]"),
                bad("sizes overflow 64 bits", conv(W, ints("dilations", HUGE, 1)), "" + HUGE),
                bad("pads: expected 4 values of 0 or more", conv(W, ints("pads", 0, -1, 0, 0)), "[0, -1, 0, 0]"),
                bad("pads: expected 4 values of 0 or more", conv(W, ints("pads", 1, 1)), "[1, 1]"),
                bad("sizes overflow 64 bits", conv(W, ints("pads", HUGE, 0, HUGE, 0)), "" + HUGE),
                bad("auto_pad: expected one of", conv(W, text("auto_pad", "SAME")), "given SAME"),
                bad("expected X [batch, channels, spatial axes]", conv(new long[] {6, 4, 3}), "[6, 4, 3]"),
                bad("expected X [batch, channels, spatial axes]", conv(new long[] {})),
                bad(
                        "X, W and B of one float type",
                        graph(DType.FLOAT64, new long[] {6}, W, node("Conv", "x w b", "y")),
                        "float64"),
                bad("bias: expected [6]", graph(DType.FLOAT32, new long[] {5}, W, node("Conv", "x w b", "y")), "[5]"),
                bad(
                        "bias: expected [6]",
                        graph(DType.FLOAT32, new long[] {1, 6}, W, node("Conv", "x w b", "y")),
                        "[1, 6]"),
                bad(
                        "bias: expected [6]",
                        graph(DType.FLOAT32, new long[] {}, W, node("Conv", "x w b", "y"), node("Relu", "y", "z")),
                        "[]"));
    }

    private static Stream<Arguments> transposed() {
        long[] w = {4, 6, 3, 3};
        return Stream.of(
                bad("channels differ", transposed(W), "has 4", "takes 6"),
                bad("group 3 does not divide the 4 channels", transposed(w, attribute("group", 3))),
                bad("output axis 2 has size -1", transposed(w, ints("pads", 4, 0, 4, 0)), "pads 4 and 4"),
                bad("output axis 3 has size 0", transposed(w, ints("output_shape", 5, 0))),
                bad("output_padding: expected 2 values", transposed(w, ints("output_padding", -1, 0))),
                bad("sizes overflow 64 bits", transposed(w, ints("strides", HUGE, 1))),
                bad("strides: expected 2 positive values", transposed(w, ints("strides", 0, 1))));
    }

    private static Stream<Arguments> pools() {
        return Stream.of("MaxPool", "AveragePool", "LpPool")
                .flatMap(pool -> Stream.of(
                        bad("kernel_shape: expected 2 values", pool(pool)),
                        bad(
                                "kernel_shape: expected 2 positive values",
                                pool(pool, ints("kernel_shape", 2, 0)),
                                "[2, 0]"),
                        bad(
                                "larger than the padded input",
                                pool(pool, ints("kernel_shape", 6, 2)),
                                "kernel 6",
                                "has 5"),
                        bad(
                                "strides: expected 2 positive values",
                                pool(pool, ints("kernel_shape", 2, 2), ints("strides", 0, 1))),
                        bad(
                                "pads: expected 4 values",
                                pool(pool, ints("kernel_shape", 2, 2), ints("pads", -1, 0, 0, 0))),
                        bad("overflow 64 bits", pool(pool, ints("kernel_shape", 2, 2), ints("pads", HUGE, 0, 1, 0)))));
    }

    private static Arguments bad(String message, GraphProto.Builder graph, String... numbers) {
        return Arguments.of(message, graph, List.of(numbers));
    }

    private static GraphProto.Builder conv(long[] w, AttributeProto.Builder... attributes) {
        return graph(DType.FLOAT32, new long[] {w.length > 0 ? w[0] : 1}, w, node("Conv", "x w b", "y", attributes));
    }

    private static GraphProto.Builder transposed(long[] w, AttributeProto.Builder... attributes) {
        return graph(DType.FLOAT32, new long[] {1}, w, node("ConvTranspose", "x w", "y", attributes));
    }

    private static GraphProto.Builder pool(String pool, AttributeProto.Builder... attributes) {
        return graph(DType.FLOAT32, new long[] {1}, W, node(pool, "x", "y", attributes));
    }

    private static GraphProto.Builder graph(DType weights, long[] b, long[] w, NodeProto.Builder... nodes) {
        return body(nodes)
                .addInput(value("x", DType.FLOAT32.code(), X))
                .addInitializer(zeros("w", weights, w))
                .addInitializer(zeros("b", weights, b))
                .addOutput(unshaped(nodes[nodes.length - 1].getOutput(0), DType.FLOAT32));
    }

    private static TensorProto.Builder zeros(String name, DType dtype, long... dims) {
        return raw(name, dtype, (int) dtype.byteSize(Shape.of(dims).elements()), dims);
    }

    private static AttributeProto.Builder ints(String name, long... values) {
        var attribute = AttributeProto.newBuilder().setName(name).setType(7);
        for (long v : values) {
            attribute.addInts(v);
        }
        return attribute;
    }

    private static AttributeProto.Builder text(String name, String value) {
        return AttributeProto.newBuilder().setName(name).setType(3).setS(ByteString.copyFromUtf8(value));
    }

    @ParameterizedTest
    @MethodSource("models")
    void isRefusedAtLoad(String message, GraphProto.Builder graph, List<String> numbers) {
        byte[] model = Onnx.model(graph).build().toByteArray();
        for (boolean optimize : new boolean[] {true, false}) {
            var error = assertThrows(
                    ModelException.class,
                    () -> Model.builder(model).optimize(optimize).load().close());
            assertTrue(error.getMessage().contains(message), error.getMessage());
            numbers.forEach(number -> assertTrue(error.getMessage().contains(number), error.getMessage()));
            assertEquals(1, error.getMessage().lines().count(), error.getMessage());
        }
    }
}
