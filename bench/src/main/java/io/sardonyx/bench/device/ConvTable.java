package io.sardonyx.bench.device;

import static io.sardonyx.bench.device.Workload.operator;

import io.sardonyx.bench.ConvLayer;
import io.sardonyx.op.Operators;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Map;

/**
 * Each distinct convolution of three networks, as models run it on a GPU: channels last, with bias and Relu in the kernel; transposed
 * ones in ONNX's layout, with a bias.
 */
public final class ConvTable {
    /** The same layers in one type for so many images, whose geometric mean is a result. */
    public record Group(DType dtype, long batch, List<ConvLayer> layers) {
        public String name() {
            return dtype + " batch " + batch;
        }

        public List<Workload> workloads() {
            return layers.stream()
                    .map(layer -> ConvTable.workload(dtype, batch, layer))
                    .toList();
        }
    }

    private ConvTable() {}

    /** The most telling groups come first, for a run whose time is short. */
    public static List<Group> full() {
        List<ConvLayer> layers = ConvLayer.all();
        return List.of(
                new Group(DType.FLOAT16, 32, layers),
                new Group(DType.FLOAT16, 1, layers),
                new Group(DType.FLOAT32, 32, layers),
                new Group(DType.BFLOAT16, 32, layers),
                new Group(DType.FLOAT16, 128, layers),
                new Group(DType.FLOAT32, 1, layers),
                new Group(DType.BFLOAT16, 1, layers),
                new Group(DType.BFLOAT16, 128, layers),
                new Group(DType.FLOAT32, 128, layers));
    }

    /** Of each kind one that a simulated device finishes. */
    public static List<Group> tiny() {
        List<ConvLayer> layers = List.of(
                new ConvLayer("tiny", "Conv", 3, 16, 9, 3, 2, 1, 1),
                new ConvLayer("tiny", "Conv", 16, 16, 6, 3, 1, 1, 1),
                new ConvLayer("tiny", "Conv", 8, 16, 5, 1, 1, 0, 1),
                new ConvLayer("tiny", "Conv", 16, 16, 6, 3, 1, 1, 16),
                new ConvLayer("tiny", "ConvTranspose", 8, 8, 4, 2, 2, 0, 1));
        return List.of(
                new Group(DType.FLOAT16, 2, layers),
                new Group(DType.FLOAT32, 1, layers),
                new Group(DType.BFLOAT16, 1, layers));
    }

    /** Copies and products, from which {@link Roof} knows what this device can do. */
    public static List<Workload> roof(boolean gpu) {
        return (gpu ? TimingTable.full() : TimingTable.tiny())
                .stream()
                        .filter(w -> w.name().matches("Identity float32.*|MatMul \\S+ (4096|32) x \\1 x \\1"))
                        .toList();
    }

    private static Workload workload(DType dtype, long batch, ConvLayer layer) {
        Workload workload = layer.isTransposed() ? transposed(dtype, batch, layer) : channelsLast(dtype, batch, layer);
        return workload.beside(new Rival.Convolution(dtype, batch, layer));
    }

    private static String name(DType dtype, long batch, ConvLayer layer) {
        return dtype + " batch " + batch + " " + layer.name();
    }

    private static Workload channelsLast(DType dtype, long batch, ConvLayer layer) {
        long size = layer.size();
        long kernel = layer.kernel();
        long pad = layer.pad();
        return Workload.of(
                name(dtype, batch, layer),
                operator(
                        Operators.SARDONYX,
                        "ChannelsLastConv",
                        Map.of(
                                "strides", List.of(layer.stride(), layer.stride()),
                                "pads", List.of(pad, pad, pad, pad),
                                "group", layer.group(),
                                "activation", "Relu")),
                batch * layer.flops(),
                TensorType.of(dtype, batch, size, size, layer.channels()),
                TensorType.of(dtype, layer.filters(), kernel, kernel, layer.channels() / layer.group()),
                TensorType.of(dtype, layer.filters()));
    }

    private static Workload transposed(DType dtype, long batch, ConvLayer layer) {
        long size = layer.size();
        long kernel = layer.kernel();
        return Workload.of(
                name(dtype, batch, layer),
                operator(
                        Operators.ONNX,
                        "ConvTranspose",
                        Map.of("strides", List.of(layer.stride(), layer.stride()), "group", layer.group())),
                batch * layer.flops(),
                TensorType.of(dtype, batch, layer.channels(), size, size),
                TensorType.of(dtype, layer.channels(), layer.filters() / layer.group(), kernel, kernel),
                TensorType.of(dtype, layer.filters()));
    }
}
