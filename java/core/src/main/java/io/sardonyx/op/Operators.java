package io.sardonyx.op;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/** The registry: every operator that Sardonyx knows, one line each, by ONNX domain and name. */
public final class Operators {
    /** ONNX's own operators. */
    public static final String ONNX = "";

    /** Classical machine learning. */
    public static final String ML = "ai.onnx.ml";

    /** ONNX Runtime's contributed operators, as far as models in the wild use them. */
    public static final String MICROSOFT = "com.microsoft";

    /** What ONNX tries out. */
    public static final String PREVIEW = "ai.onnx.preview";

    /** Our own: what rewrites fuse. */
    public static final String SARDONYX = "io.sardonyx";

    /** The newest opset of {@link #ONNX} whose operators are known. */
    public static final int NEWEST_OPSET = 28;

    private record Key(String domain, String name) {}

    private static final Map<Key, Function<Attributes, Operator>> ALL = all();

    private Operators() {}

    private static Map<Key, Function<Attributes, Operator>> all() {
        var registry = new Registry();
        matrixProducts(registry);
        convolution(registry);
        elementwise(registry);
        reductionsAndNormalization(registry);
        dataMovement(registry);
        recurrentAndAttention(registry);
        sequencesAndControlFlow(registry);
        textRandomAndClassicalMl(registry);
        return Map.copyOf(registry.entries);
    }

    private static void matrixProducts(Registry r) {}

    private static void convolution(Registry r) {
        r.register(ONNX, "Affine", Affine::read);
        r.register(ONNX, "AffineGrid", AffineGrid::read);
        r.register(ONNX, "AveragePool", AveragePool::read);
        r.register(ONNX, "BatchNormalization", BatchNormalization::read);
        r.register(ONNX, "CausalConvWithState", CausalConvWithState::read);
        r.register(ONNX, "CenterCropPad", CenterCropPad::read);
        r.register(ONNX, "Col2Im", Col2Im::read);
        r.register(ONNX, "Conv", Conv::read);
        r.register(ONNX, "ConvInteger", ConvInteger::read);
        r.register(ONNX, "ConvTranspose", ConvTranspose::read);
        r.register(ONNX, "Crop", Crop::read);
        r.register(ONNX, "DeformConv", DeformConv::read);
        r.register(ONNX, "DepthToSpace", DepthToSpace::read);
        r.register(ONNX, "GlobalAveragePool", GlobalAveragePool::read);
        r.register(ONNX, "GlobalLpPool", GlobalLpPool::read);
        r.register(ONNX, "GlobalMaxPool", GlobalMaxPool::read);
        r.register(ONNX, "GridSample", GridSample::read);
        r.register(ONNX, "ImageScaler", ImageScaler::read);
        r.register(ONNX, "InstanceNormalization", InstanceNormalization::read);
        r.register(ONNX, "LRN", LRN::read);
        r.register(ONNX, "LpPool", LpPool::read);
        r.register(ONNX, "MaxPool", MaxPool::read);
        r.register(ONNX, "MaxRoiPool", MaxRoiPool::read);
        r.register(ONNX, "MaxUnpool", MaxUnpool::read);
        r.register(ONNX, "QLinearConv", QLinearConv::read);
        r.register(ONNX, "Resize", Resize::read);
        r.register(ONNX, "RoiAlign", RoiAlign::read);
        r.register(ONNX, "SpaceToDepth", SpaceToDepth::read);
        r.register(ONNX, "Upsample", Upsample::read);
        r.register(SARDONYX, "FusedConv", FusedConv::read);
    }

    private static void elementwise(Registry r) {}

    private static void reductionsAndNormalization(Registry r) {
        r.register(ONNX, "ReduceSum", ReduceSum::read);
        r.register(ONNX, "ReduceMean", ReduceMean::read);
        r.register(ONNX, "ReduceMax", ReduceMax::read);
        r.register(ONNX, "ReduceMin", ReduceMin::read);
        r.register(ONNX, "ReduceProd", ReduceProd::read);
        r.register(ONNX, "ReduceL1", ReduceL1::read);
        r.register(ONNX, "ReduceL2", ReduceL2::read);
        r.register(ONNX, "ReduceLogSum", ReduceLogSum::read);
        r.register(ONNX, "ReduceLogSumExp", ReduceLogSumExp::read);
        r.register(ONNX, "ReduceSumSquare", ReduceSumSquare::read);
        r.register(ONNX, "ArgMax", ArgMax::read);
        r.register(ONNX, "ArgMin", ArgMin::read);
        r.register(ONNX, "CumSum", CumSum::read);
        r.register(ONNX, "CumProd", CumProd::read);
        r.register(ONNX, "Softmax", Softmax::read);
        r.register(ONNX, "LogSoftmax", LogSoftmax::read);
        r.register(ONNX, "Hardmax", Hardmax::read);
        r.register(ONNX, "LayerNormalization", LayerNormalization::read);
        r.register(ONNX, "RMSNormalization", RMSNormalization::read);
        r.register(ONNX, "SimplifiedLayerNormalization", SimplifiedLayerNormalization::read);
        r.register(MICROSOFT, "SimplifiedLayerNormalization", SimplifiedLayerNormalization::read);
        r.register(MICROSOFT, "SkipLayerNormalization", SkipLayerNormalization::read);
        r.register(MICROSOFT, "SkipSimplifiedLayerNormalization", SkipSimplifiedLayerNormalization::read);
    }

    private static void dataMovement(Registry r) {
        r.register(ML, "ArrayFeatureExtractor", ArrayFeatureExtractor::read);
        r.register(ONNX, "Compress", Compress::read);
        r.register(ONNX, "Concat", Concat::read);
        r.register(ONNX, "Constant", Constant::read);
        r.register(ONNX, "ConstantOfShape", ConstantOfShape::read);
        r.register(ONNX, "Expand", Expand::read);
        r.register(ONNX, "EyeLike", EyeLike::read);
        r.register(ONNX, "Flatten", Flatten::read);
        r.register(ONNX, "Gather", Gather::read);
        r.register(ONNX, "GatherElements", GatherElements::read);
        r.register(ONNX, "GatherND", GatherND::read);
        r.register(ONNX, "Identity", Identity::read);
        r.register(ONNX, "OneHot", OneHot::read);
        r.register(ONNX, "Pad", Pad::read);
        r.register(ONNX, "Range", Range::read);
        r.register(ONNX, "Reshape", Reshape::read);
        r.register(ONNX, "ReverseSequence", ReverseSequence::read);
        r.register(ONNX, "Scatter", ScatterElements::read);
        r.register(ONNX, "ScatterElements", ScatterElements::read);
        r.register(ONNX, "ScatterND", ScatterND::read);
        r.register(ONNX, "Shape", Shape::read);
        r.register(ONNX, "Size", Size::read);
        r.register(ONNX, "Slice", Slice::read);
        r.register(ONNX, "Split", Split::read);
        r.register(ONNX, "Squeeze", Squeeze::read);
        r.register(ONNX, "TensorScatter", TensorScatter::read);
        r.register(ONNX, "Tile", Tile::read);
        r.register(ONNX, "Transpose", Transpose::read);
        r.register(ONNX, "Trilu", Trilu::read);
        r.register(ONNX, "Unsqueeze", Unsqueeze::read);
    }

    private static void recurrentAndAttention(Registry r) {
        r.register(ONNX, "LSTM", LSTM::read);
        r.register(ONNX, "GRU", GRU::read);
        r.register(ONNX, "RNN", RNN::read);
        r.register(ONNX, "Attention", Attention::read);
        r.register(ONNX, "RotaryEmbedding", RotaryEmbedding::read);
        r.register(ONNX, "LinearAttention", LinearAttention::read);
        r.register(PREVIEW, "FlexAttention", FlexAttention::read);
        r.register(MICROSOFT, "Attention", MicrosoftAttention::read);
        r.register(SARDONYX, "ScaledDotProductAttention", ScaledDotProductAttention::read);
    }

    private static void sequencesAndControlFlow(Registry r) {
        r.register(ONNX, "If", If::read);
        r.register(ONNX, "Loop", Loop::read);
        r.register(ONNX, "Scan", Scan::read);
        r.register(ONNX, "SequenceMap", SequenceMap::read);
        r.register(ONNX, "SequenceConstruct", SequenceConstruct::read);
        r.register(ONNX, "SequenceEmpty", SequenceEmpty::read);
        r.register(ONNX, "SequenceInsert", SequenceInsert::read);
        r.register(ONNX, "SequenceErase", SequenceErase::read);
        r.register(ONNX, "SequenceAt", SequenceAt::read);
        r.register(ONNX, "SequenceLength", SequenceLength::read);
        r.register(ONNX, "ConcatFromSequence", ConcatFromSequence::read);
        r.register(ONNX, "SplitToSequence", SplitToSequence::read);
        r.register(ONNX, "Optional", OptionalValue::read);
        r.register(ONNX, "OptionalGetElement", OptionalGetElement::read);
        r.register(ONNX, "OptionalHasElement", OptionalHasElement::read);
    }

    private static void textRandomAndClassicalMl(Registry r) {}

    private static final class Registry {
        final Map<Key, Function<Attributes, Operator>> entries = new HashMap<>();

        void register(String domain, String name, Function<Attributes, Operator> read) {
            if (entries.put(new Key(domain, name), read) != null) {
                throw new IllegalStateException("registered twice: " + domain + " " + name);
            }
        }
    }

    public static boolean knows(String domain, String name) {
        return ALL.containsKey(new Key(canonical(domain), name));
    }

    /**
     * The operator of a node, or empty for one that is not known.
     *
     * @throws IllegalArgumentException if its attributes do not fit
     */
    public static Optional<Operator> read(String domain, String name, Attributes attributes) {
        return Optional.ofNullable(ALL.get(new Key(canonical(domain), name))).map(read -> read.apply(attributes));
    }

    /** The names of a domain's operators. */
    public static SortedSet<String> names(String domain) {
        var names = new TreeSet<String>();
        for (Key key : ALL.keySet()) {
            if (key.domain.equals(canonical(domain))) {
                names.add(key.name);
            }
        }
        return names;
    }

    /** {@code ai.onnx} is another name of the empty domain. */
    public static String canonical(String domain) {
        return domain.equals("ai.onnx") ? ONNX : domain;
    }
}
