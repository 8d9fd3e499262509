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

    /** ONNX's optimisers. */
    public static final String TRAINING = "ai.onnx.preview.training";

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

    private static void matrixProducts(Registry r) {
        r.register(ONNX, "MatMul", MatMul::read);
        r.register(ONNX, "Gemm", Gemm::read);
        r.register(ONNX, "Einsum", Einsum::read);
        r.register(ONNX, "MatMulInteger", MatMulInteger::read);
        r.register(ONNX, "QLinearMatMul", QLinearMatMul::read);
        r.register(ONNX, "QuantizeLinear", QuantizeLinear::read);
        r.register(ONNX, "DequantizeLinear", DequantizeLinear::read);
        r.register(ONNX, "DynamicQuantizeLinear", DynamicQuantizeLinear::read);
        r.register(MICROSOFT, "FusedMatMul", FusedMatMul::read);
        r.register(MICROSOFT, "FusedGemm", FusedGemm::read);
        r.register(MICROSOFT, "MatMulIntegerToFloat", MatMulIntegerToFloat::read);
        r.register(MICROSOFT, "DynamicQuantizeMatMul", DynamicQuantizeMatMul::read);
        r.register(MICROSOFT, "MatMulNBits", MatMulNBits::read);
        r.register(MICROSOFT, "QuantizeLinear", QuantizeLinear::read);
        r.register(MICROSOFT, "DequantizeLinear", DequantizeLinear::read);
        r.register(SARDONYX, "FusedMatMul", FusedMatMul::read);
        r.register(SARDONYX, "MatMulIntegerToFloat", MatMulIntegerToFloat::read);
    }

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
        r.register(SARDONYX, "ConvGradInput", ConvGradInput::read);
        r.register(SARDONYX, "ConvGradWeight", ConvGradWeight::read);
        r.register(SARDONYX, "BlockChannels", BlockChannels::read);
        r.register(SARDONYX, "UnblockChannels", UnblockChannels::read);
        r.register(SARDONYX, "BlockedConv", BlockedConv::read);
        r.register(SARDONYX, "BlockedPool", BlockedPool::read);
        r.register(SARDONYX, "BlockedScale", BlockedScale::read);
        r.register(SARDONYX, "BlockedShuffle", BlockedShuffle::read);
        r.register(SARDONYX, "ChannelShuffle", ChannelShuffle::read);
        r.register(SARDONYX, "ChannelsLastConv", ChannelsLastConv::read);
        r.register(SARDONYX, "ChannelsLastPool", ChannelsLastPool::read);
        r.register(SARDONYX, "BlockedQLinearConv", BlockedQLinearConv::read);
        r.register(MICROSOFT, "QLinearGlobalAveragePool", QLinearGlobalAveragePool::read);
        r.register(SARDONYX, "QLinearGlobalAveragePool", QLinearGlobalAveragePool::read);
    }

    private static void elementwise(Registry r) {
        r.register(ONNX, "Abs", Abs::read);
        r.register(ONNX, "Neg", Neg::read);
        r.register(ONNX, "Ceil", Ceil::read);
        r.register(ONNX, "Floor", Floor::read);
        r.register(ONNX, "Round", Round::read);
        r.register(ONNX, "Sign", Sign::read);
        r.register(ONNX, "Sqrt", Sqrt::read);
        r.register(ONNX, "Reciprocal", Reciprocal::read);
        r.register(ONNX, "Exp", Exp::read);
        r.register(ONNX, "Log", Log::read);
        r.register(ONNX, "Sin", Sin::read);
        r.register(ONNX, "Cos", Cos::read);
        r.register(ONNX, "Tan", Tan::read);
        r.register(ONNX, "Asin", Asin::read);
        r.register(ONNX, "Acos", Acos::read);
        r.register(ONNX, "Atan", Atan::read);
        r.register(ONNX, "Sinh", Sinh::read);
        r.register(ONNX, "Cosh", Cosh::read);
        r.register(ONNX, "Tanh", Tanh::read);
        r.register(ONNX, "Asinh", Asinh::read);
        r.register(ONNX, "Acosh", Acosh::read);
        r.register(ONNX, "Atanh", Atanh::read);
        r.register(ONNX, "Erf", Erf::read);
        r.register(ONNX, "Not", Not::read);
        r.register(ONNX, "BitwiseNot", BitwiseNot::read);
        r.register(ONNX, "IsNaN", IsNaN::read);
        r.register(ONNX, "IsInf", IsInf::read);
        r.register(ONNX, "Relu", Relu::read);
        r.register(ONNX, "LeakyRelu", LeakyRelu::read);
        r.register(ONNX, "PRelu", PRelu::read);
        r.register(ONNX, "Elu", Elu::read);
        r.register(ONNX, "Selu", Selu::read);
        r.register(ONNX, "Celu", Celu::read);
        r.register(ONNX, "ThresholdedRelu", ThresholdedRelu::read);
        r.register(ONNX, "Sigmoid", Sigmoid::read);
        r.register(ONNX, "HardSigmoid", HardSigmoid::read);
        r.register(ONNX, "HardSwish", HardSwish::read);
        r.register(ONNX, "Softplus", Softplus::read);
        r.register(ONNX, "Softsign", Softsign::read);
        r.register(ONNX, "Mish", Mish::read);
        r.register(ONNX, "Gelu", Gelu::read);
        r.register(ONNX, "Swish", Swish::read);
        r.register(ONNX, "SwiGLU", SwiGLU::read);
        r.register(ONNX, "Shrink", Shrink::read);
        r.register(ONNX, "Clip", Clip::read);
        r.register(ONNX, "Add", Add::read);
        r.register(ONNX, "Sub", Sub::read);
        r.register(ONNX, "Mul", Mul::read);
        r.register(ONNX, "Div", Div::read);
        r.register(ONNX, "Pow", Pow::read);
        r.register(ONNX, "Mod", Mod::read);
        r.register(ONNX, "BitShift", BitShift::read);
        r.register(ONNX, "BitwiseAnd", BitwiseAnd::read);
        r.register(ONNX, "BitwiseOr", BitwiseOr::read);
        r.register(ONNX, "BitwiseXor", BitwiseXor::read);
        r.register(ONNX, "And", And::read);
        r.register(ONNX, "Or", Or::read);
        r.register(ONNX, "Xor", Xor::read);
        r.register(ONNX, "Equal", Equal::read);
        r.register(ONNX, "Greater", Greater::read);
        r.register(ONNX, "Less", Less::read);
        r.register(ONNX, "GreaterOrEqual", GreaterOrEqual::read);
        r.register(ONNX, "LessOrEqual", LessOrEqual::read);
        r.register(ONNX, "Max", Max::read);
        r.register(ONNX, "Min", Min::read);
        r.register(ONNX, "Sum", Sum::read);
        r.register(ONNX, "Mean", Mean::read);
        r.register(ONNX, "Where", Where::read);
        r.register(ONNX, "Cast", Cast::read);
        r.register(ONNX, "CastLike", CastLike::read);
        r.register(ONNX, "BitCast", BitCast::read);
        r.register(ONNX, "Dropout", Dropout::read);
        r.register(MICROSOFT, "Gelu", Gelu::read);
        r.register(MICROSOFT, "FastGelu", FastGelu::read);
        r.register(MICROSOFT, "BiasGelu", BiasGelu::read);
        r.register(MICROSOFT, "QuickGelu", QuickGelu::read);
        r.register(MICROSOFT, "QLinearAdd", QLinearAdd::read);
        r.register(SARDONYX, "FusedElementwise", FusedElementwise::read);
    }

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
        r.register(MICROSOFT, "EmbedLayerNormalization", EmbedLayerNormalization::read);
        r.register(ONNX, "GroupNormalization", GroupNormalization::read);
        r.register(ONNX, "MeanVarianceNormalization", MeanVarianceNormalization::read);
        r.register(ONNX, "LpNormalization", LpNormalization::read);
        r.register(ONNX, "TopK", TopK::read);
        r.register(ONNX, "Det", Det::read);
        r.register(ONNX, "NonMaxSuppression", NonMaxSuppression::read);
        r.register(ONNX, "NonZero", NonZero::read);
        r.register(ONNX, "Unique", Unique::read);
        r.register(ONNX, "NegativeLogLikelihoodLoss", NegativeLogLikelihoodLoss::read);
        r.register(ONNX, "SoftmaxCrossEntropyLoss", SoftmaxCrossEntropyLoss::read);
        r.register(ONNX, "HannWindow", HannWindow::read);
        r.register(ONNX, "HammingWindow", HammingWindow::read);
        r.register(ONNX, "BlackmanWindow", BlackmanWindow::read);
        r.register(ONNX, "MelWeightMatrix", MelWeightMatrix::read);
        r.register(ONNX, "DFT", DFT::read);
        r.register(ONNX, "STFT", STFT::read);
        r.register(TRAINING, "Adagrad", Adagrad::read);
        r.register(TRAINING, "Adam", Adam::read);
        r.register(TRAINING, "Momentum", Momentum::read);
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

    private static void textRandomAndClassicalMl(Registry r) {
        r.register(ONNX, "StringNormalizer", StringNormalizer::read);
        r.register(ONNX, "StringSplit", StringSplit::read);
        r.register(ONNX, "StringConcat", StringConcat::read);
        r.register(ONNX, "RegexFullMatch", RegexFullMatch::read);
        r.register(ONNX, "TfIdfVectorizer", TfIdfVectorizer::read);
        r.register(ONNX, "RandomNormal", RandomNormal::read);
        r.register(ONNX, "RandomUniform", RandomUniform::read);
        r.register(ONNX, "RandomNormalLike", RandomNormalLike::read);
        r.register(ONNX, "RandomUniformLike", RandomUniformLike::read);
        r.register(ONNX, "Bernoulli", Bernoulli::read);
        r.register(ONNX, "Multinomial", Multinomial::read);
        r.register(ML, "LabelEncoder", LabelEncoder::read);
        r.register(ML, "Binarizer", Binarizer::read);
        r.register(ML, "TreeEnsemble", TreeEnsemble::read);
    }

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
