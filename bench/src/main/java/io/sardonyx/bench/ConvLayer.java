package io.sardonyx.bench;

import io.sardonyx.onnx.proto.AttributeProto;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.onnx.proto.OperatorSetIdProto;
import io.sardonyx.onnx.proto.TensorShapeProto;
import io.sardonyx.onnx.proto.TypeProto;
import io.sardonyx.onnx.proto.ValueInfoProto;
import io.sardonyx.tensor.DType;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A convolution of a network on one square image, with bias and Relu: {@code size} is the input's, {@code pad} is on all sides.
 *
 * @param operator {@code Conv} or {@code ConvTranspose}
 */
public record ConvLayer(
        String network,
        String operator,
        long channels,
        long filters,
        long size,
        long kernel,
        long stride,
        long pad,
        long group) {
    private static final int INTS = 7; // AttributeProto's types
    private static final int INT = 2;

    public static List<ConvLayer> all() {
        return Stream.of(resNet50(), mobileNetV2(), unet()).flatMap(Set::stream).toList();
    }

    /** With the stride in the 3x3 convolution, as in version 1.5. */
    private static Set<ConvLayer> resNet50() {
        Set<ConvLayer> layers = new LinkedHashSet<>();
        layers.add(conv("resnet50", 3, 64, 224, 7, 2));
        long in = 64;
        long size = 56;
        for (long width = 64; width <= 512; width *= 2) {
            for (int block = 0;
                    block < 3;
                    block++) { // from the second block on nothing is new but the 3x3 without stride
                long stride = block == 0 && width > 64 ? 2 : 1;
                layers.add(conv("resnet50", in, width, size, 1, 1));
                layers.add(conv("resnet50", width, width, size, 3, stride));
                if (block == 0) {
                    layers.add(conv("resnet50", in, 4 * width, size, 1, stride));
                }
                size /= stride;
                layers.add(conv("resnet50", width, 4 * width, size, 1, 1));
                in = 4 * width;
            }
        }
        return layers;
    }

    private static Set<ConvLayer> mobileNetV2() {
        Set<ConvLayer> layers = new LinkedHashSet<>();
        layers.add(conv("mobilenetv2", 3, 32, 224, 3, 2));
        long in = 32;
        long size = 112;
        long[][] stages = { // expansion, filters, blocks, stride
            {1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}
        };
        for (long[] stage : stages) {
            for (int block = 0; block < stage[2]; block++) {
                long stride = block == 0 ? stage[3] : 1;
                long wide = in * stage[0];
                if (wide != in) {
                    layers.add(conv("mobilenetv2", in, wide, size, 1, 1));
                }
                layers.add(new ConvLayer("mobilenetv2", "Conv", wide, wide, size, 3, stride, 1, wide));
                size /= stride;
                layers.add(conv("mobilenetv2", wide, stage[1], size, 1, 1));
                in = stage[1];
            }
        }
        layers.add(conv("mobilenetv2", in, 1280, size, 1, 1));
        return layers;
    }

    /** On 256², padded so that sizes stay. */
    private static Set<ConvLayer> unet() {
        Set<ConvLayer> layers = new LinkedHashSet<>();
        long in = 3;
        long size = 256;
        for (long width = 64; width <= 1024; width *= 2) {
            layers.add(conv("unet", in, width, size, 3, 1));
            layers.add(conv("unet", width, width, size, 3, 1));
            in = width;
            size /= 2;
        }
        size *= 2;
        for (long width = 512; width >= 64; width /= 2) {
            layers.add(new ConvLayer("unet", "ConvTranspose", 2 * width, width, size, 2, 2, 0, 1));
            size *= 2;
            layers.add(conv("unet", 2 * width, width, size, 3, 1));
        }
        layers.add(conv("unet", 64, 2, size, 1, 1));
        return layers;
    }

    private static ConvLayer conv(String network, long channels, long filters, long size, long kernel, long stride) {
        return new ConvLayer(network, "Conv", channels, filters, size, kernel, stride, kernel / 2, 1);
    }

    /** As in {@code resnet50 3x3/2 128->128 @56}. */
    public String name() {
        return network + " " + kernel + "x" + kernel + (stride > 1 ? "/" + stride : "") + " " + channels + "->"
                + filters + (group > 1 ? " depthwise" : "") + (isTransposed() ? " transposed" : "") + " @" + size;
    }

    public boolean isTransposed() {
        return operator.equals("ConvTranspose");
    }

    public boolean isDepthwise() {
        return group > 1 && group == channels;
    }

    public long outputSize() {
        return isTransposed() ? (size - 1) * stride + kernel : (size + 2 * pad - kernel) / stride + 1;
    }

    /** For one image. */
    public double flops() {
        long side = isTransposed() ? size : outputSize();
        return 2.0 * channels / group * filters * kernel * kernel * side * side;
    }

    /** Of input, weights and output, for one image. */
    long bytes() {
        return Float.BYTES * (inputElements() + weightElements() + outputElements());
    }

    public long inputElements() {
        return channels * size * size;
    }

    public long weightElements() {
        return channels / group * filters * kernel * kernel;
    }

    public long outputElements() {
        return filters * outputSize() * outputSize();
    }

    /** As one line for another process. */
    public String words() {
        return String.join(
                " ",
                network,
                operator,
                Stream.of(channels, filters, size, kernel, stride, pad, group)
                        .map(Object::toString)
                        .collect(Collectors.joining(" ")));
    }

    public static ConvLayer parse(String words) {
        String[] parts = words.split(" ");
        long[] n = Stream.of(parts).skip(2).mapToLong(Long::parseLong).toArray();
        return new ConvLayer(parts[0], parts[1], n[0], n[1], n[2], n[3], n[4], n[5], n[6]);
    }

    /** So many of the layer side by side, each with an input {@code x<i>} and weights of its own. */
    byte[] model(int copies) {
        var graph = GraphProto.newBuilder().setName("layers");
        var random = new RandomWeights(new SplittableRandom(1));
        List<Long> weights = isTransposed()
                ? List.of(channels, filters / group, kernel, kernel)
                : List.of(filters, channels / group, kernel, kernel);
        for (int i = 0; i < copies; i++) {
            graph.addInput(value("x" + i, channels, size))
                    .addInitializer(random.around0("w" + i, weights))
                    .addInitializer(random.around0("b" + i, List.of(filters)))
                    .addNode(convolution(i))
                    .addNode(NodeProto.newBuilder()
                            .setOpType("Relu")
                            .addInput("z" + i)
                            .addOutput("y" + i))
                    .addOutput(value("y" + i, filters, outputSize()));
        }
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    Map<String, long[]> inputs(int copies) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        for (int i = 0; i < copies; i++) {
            shapes.put("x" + i, new long[] {1, channels, size, size});
        }
        return shapes;
    }

    private NodeProto.Builder convolution(int i) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .addAllInput(List.of("x" + i, "w" + i, "b" + i))
                .addOutput("z" + i)
                .addAttribute(ints("strides", stride, stride))
                .addAttribute(ints("pads", pad, pad, pad, pad))
                .addAttribute(AttributeProto.newBuilder()
                        .setName("group")
                        .setType(INT)
                        .setI(group));
    }

    private static AttributeProto.Builder ints(String name, long... values) {
        var attribute = AttributeProto.newBuilder().setName(name).setType(INTS);
        for (long value : values) {
            attribute.addInts(value);
        }
        return attribute;
    }

    private static ValueInfoProto value(String name, long channels, long size) {
        var shape = TensorShapeProto.newBuilder();
        for (long dim : new long[] {1, channels, size, size}) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(dim));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(DType.FLOAT32.code())
                                .setShape(shape)))
                .build();
    }
}
