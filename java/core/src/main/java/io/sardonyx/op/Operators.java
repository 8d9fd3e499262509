package io.sardonyx.op;

import java.util.Optional;

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

    /** Our own: what rewrites fuse, and what ranks of a group say to each other. */
    public static final String SARDONYX = "io.sardonyx";

    /** The newest opset of {@link #ONNX} whose operators are known. */
    public static final int NEWEST_OPSET = 28;

    private Operators() {}

    /** No table of functions: each of them would be a class, made and loaded in each process that loads a model. */
    private static Operator read(String key, Attributes a) {
        return switch (key) {
            // Matrix products.
            case "MatMul" -> MatMul.read(a);
            case "Gemm" -> Gemm.read(a);
            case "Einsum" -> Einsum.read(a);
            case "MatMulInteger" -> MatMulInteger.read(a);
            case "QLinearMatMul" -> QLinearMatMul.read(a);
            case "QuantizeLinear" -> QuantizeLinear.read(a);
            case "DequantizeLinear" -> DequantizeLinear.read(a);
            case "DynamicQuantizeLinear" -> DynamicQuantizeLinear.read(a);
            case MICROSOFT + ".FusedMatMul" -> FusedMatMul.read(a);
            case MICROSOFT + ".FusedGemm" -> FusedGemm.read(a);
            case MICROSOFT + ".MatMulIntegerToFloat" -> MatMulIntegerToFloat.read(a);
            case MICROSOFT + ".DynamicQuantizeMatMul" -> DynamicQuantizeMatMul.read(a);
            case MICROSOFT + ".MatMulNBits" -> MatMulNBits.read(a);
            case MICROSOFT + ".QuantizeLinear" -> QuantizeLinear.read(a);
            case MICROSOFT + ".DequantizeLinear" -> DequantizeLinear.read(a);
            case SARDONYX + ".FusedMatMul" -> FusedMatMul.read(a);
            case SARDONYX + ".MatMulIntegerToFloat" -> MatMulIntegerToFloat.read(a);
            // Convolution.
            case "Affine" -> Affine.read(a);
            case "AffineGrid" -> AffineGrid.read(a);
            case "AveragePool" -> AveragePool.read(a);
            case "BatchNormalization" -> BatchNormalization.read(a);
            case "CausalConvWithState" -> CausalConvWithState.read(a);
            case "CenterCropPad" -> CenterCropPad.read(a);
            case "Col2Im" -> Col2Im.read(a);
            case "Conv" -> Conv.read(a);
            case "ConvInteger" -> ConvInteger.read(a);
            case "ConvTranspose" -> ConvTranspose.read(a);
            case "Crop" -> Crop.read(a);
            case "DeformConv" -> DeformConv.read(a);
            case "DepthToSpace" -> DepthToSpace.read(a);
            case "GlobalAveragePool" -> GlobalAveragePool.read(a);
            case "GlobalLpPool" -> GlobalLpPool.read(a);
            case "GlobalMaxPool" -> GlobalMaxPool.read(a);
            case "GridSample" -> GridSample.read(a);
            case "ImageScaler" -> ImageScaler.read(a);
            case "InstanceNormalization" -> InstanceNormalization.read(a);
            case "LRN" -> LRN.read(a);
            case "LpPool" -> LpPool.read(a);
            case "MaxPool" -> MaxPool.read(a);
            case "MaxRoiPool" -> MaxRoiPool.read(a);
            case "MaxUnpool" -> MaxUnpool.read(a);
            case "QLinearConv" -> QLinearConv.read(a);
            case "Resize" -> Resize.read(a);
            case "RoiAlign" -> RoiAlign.read(a);
            case "SpaceToDepth" -> SpaceToDepth.read(a);
            case "Upsample" -> Upsample.read(a);
            case SARDONYX + ".FusedConv" -> FusedConv.read(a);
            case SARDONYX + ".ConvGradInput" -> ConvGradInput.read(a);
            case SARDONYX + ".ConvGradWeight" -> ConvGradWeight.read(a);
            case SARDONYX + ".BlockChannels" -> BlockChannels.read(a);
            case SARDONYX + ".UnblockChannels" -> UnblockChannels.read(a);
            case SARDONYX + ".BlockedConv" -> BlockedConv.read(a);
            case SARDONYX + ".BlockedPool" -> BlockedPool.read(a);
            case SARDONYX + ".BlockedScale" -> BlockedScale.read(a);
            case SARDONYX + ".BlockedShuffle" -> BlockedShuffle.read(a);
            case SARDONYX + ".ChannelShuffle" -> ChannelShuffle.read(a);
            case SARDONYX + ".ChannelsLastConv" -> ChannelsLastConv.read(a);
            case SARDONYX + ".ChannelsLastPool" -> ChannelsLastPool.read(a);
            case SARDONYX + ".BlockedQLinearConv" -> BlockedQLinearConv.read(a);
            case MICROSOFT + ".QLinearGlobalAveragePool" -> QLinearGlobalAveragePool.read(a);
            case SARDONYX + ".QLinearGlobalAveragePool" -> QLinearGlobalAveragePool.read(a);
            // Elementwise.
            case "Abs" -> Abs.read(a);
            case "Neg" -> Neg.read(a);
            case "Ceil" -> Ceil.read(a);
            case "Floor" -> Floor.read(a);
            case "Round" -> Round.read(a);
            case "Sign" -> Sign.read(a);
            case "Sqrt" -> Sqrt.read(a);
            case "Reciprocal" -> Reciprocal.read(a);
            case "Exp" -> Exp.read(a);
            case "Log" -> Log.read(a);
            case "Sin" -> Sin.read(a);
            case "Cos" -> Cos.read(a);
            case "Tan" -> Tan.read(a);
            case "Asin" -> Asin.read(a);
            case "Acos" -> Acos.read(a);
            case "Atan" -> Atan.read(a);
            case "Sinh" -> Sinh.read(a);
            case "Cosh" -> Cosh.read(a);
            case "Tanh" -> Tanh.read(a);
            case "Asinh" -> Asinh.read(a);
            case "Acosh" -> Acosh.read(a);
            case "Atanh" -> Atanh.read(a);
            case "Erf" -> Erf.read(a);
            case "Not" -> Not.read(a);
            case "BitwiseNot" -> BitwiseNot.read(a);
            case "IsNaN" -> IsNaN.read(a);
            case "IsInf" -> IsInf.read(a);
            case "Relu" -> Relu.read(a);
            case "LeakyRelu" -> LeakyRelu.read(a);
            case "PRelu" -> PRelu.read(a);
            case "Elu" -> Elu.read(a);
            case "Selu" -> Selu.read(a);
            case "Celu" -> Celu.read(a);
            case "ThresholdedRelu" -> ThresholdedRelu.read(a);
            case "Sigmoid" -> Sigmoid.read(a);
            case "HardSigmoid" -> HardSigmoid.read(a);
            case "HardSwish" -> HardSwish.read(a);
            case "Softplus" -> Softplus.read(a);
            case "Softsign" -> Softsign.read(a);
            case "Mish" -> Mish.read(a);
            case "Gelu" -> Gelu.read(a);
            case "Swish" -> Swish.read(a);
            case "SwiGLU" -> SwiGLU.read(a);
            case "Shrink" -> Shrink.read(a);
            case "Clip" -> Clip.read(a);
            case "Add" -> Add.read(a);
            case "Sub" -> Sub.read(a);
            case "Mul" -> Mul.read(a);
            case "Div" -> Div.read(a);
            case "Pow" -> Pow.read(a);
            case "Mod" -> Mod.read(a);
            case "BitShift" -> BitShift.read(a);
            case "BitwiseAnd" -> BitwiseAnd.read(a);
            case "BitwiseOr" -> BitwiseOr.read(a);
            case "BitwiseXor" -> BitwiseXor.read(a);
            case "And" -> And.read(a);
            case "Or" -> Or.read(a);
            case "Xor" -> Xor.read(a);
            case "Equal" -> Equal.read(a);
            case "Greater" -> Greater.read(a);
            case "Less" -> Less.read(a);
            case "GreaterOrEqual" -> GreaterOrEqual.read(a);
            case "LessOrEqual" -> LessOrEqual.read(a);
            case "Max" -> Max.read(a);
            case "Min" -> Min.read(a);
            case "Sum" -> Sum.read(a);
            case "Mean" -> Mean.read(a);
            case "Where" -> Where.read(a);
            case "Cast" -> Cast.read(a);
            case "CastLike" -> CastLike.read(a);
            case "BitCast" -> BitCast.read(a);
            case "Dropout" -> Dropout.read(a);
            case MICROSOFT + ".Gelu" -> Gelu.read(a);
            case MICROSOFT + ".FastGelu" -> FastGelu.read(a);
            case MICROSOFT + ".BiasGelu" -> BiasGelu.read(a);
            case MICROSOFT + ".QuickGelu" -> QuickGelu.read(a);
            case MICROSOFT + ".QLinearAdd" -> QLinearAdd.read(a);
            case SARDONYX + ".FusedElementwise" -> FusedElementwise.read(a);
            // Reductions and normalization.
            case "ReduceSum" -> ReduceSum.read(a);
            case "ReduceMean" -> ReduceMean.read(a);
            case "ReduceMax" -> ReduceMax.read(a);
            case "ReduceMin" -> ReduceMin.read(a);
            case "ReduceProd" -> ReduceProd.read(a);
            case "ReduceL1" -> ReduceL1.read(a);
            case "ReduceL2" -> ReduceL2.read(a);
            case "ReduceLogSum" -> ReduceLogSum.read(a);
            case "ReduceLogSumExp" -> ReduceLogSumExp.read(a);
            case "ReduceSumSquare" -> ReduceSumSquare.read(a);
            case "ArgMax" -> ArgMax.read(a);
            case "ArgMin" -> ArgMin.read(a);
            case "CumSum" -> CumSum.read(a);
            case "CumProd" -> CumProd.read(a);
            case "Softmax" -> Softmax.read(a);
            case "LogSoftmax" -> LogSoftmax.read(a);
            case "Hardmax" -> Hardmax.read(a);
            case "LayerNormalization" -> LayerNormalization.read(a);
            case "RMSNormalization" -> RMSNormalization.read(a);
            case "SimplifiedLayerNormalization" -> SimplifiedLayerNormalization.read(a);
            case MICROSOFT + ".SimplifiedLayerNormalization" -> SimplifiedLayerNormalization.read(a);
            case MICROSOFT + ".SkipLayerNormalization" -> SkipLayerNormalization.read(a);
            case MICROSOFT + ".SkipSimplifiedLayerNormalization" -> SkipSimplifiedLayerNormalization.read(a);
            case MICROSOFT + ".EmbedLayerNormalization" -> EmbedLayerNormalization.read(a);
            case "GroupNormalization" -> GroupNormalization.read(a);
            case "MeanVarianceNormalization" -> MeanVarianceNormalization.read(a);
            case "LpNormalization" -> LpNormalization.read(a);
            case "TopK" -> TopK.read(a);
            case "Det" -> Det.read(a);
            case "NonMaxSuppression" -> NonMaxSuppression.read(a);
            case "NonZero" -> NonZero.read(a);
            case "Unique" -> Unique.read(a);
            case "NegativeLogLikelihoodLoss" -> NegativeLogLikelihoodLoss.read(a);
            case "SoftmaxCrossEntropyLoss" -> SoftmaxCrossEntropyLoss.read(a);
            case "HannWindow" -> HannWindow.read(a);
            case "HammingWindow" -> HammingWindow.read(a);
            case "BlackmanWindow" -> BlackmanWindow.read(a);
            case "MelWeightMatrix" -> MelWeightMatrix.read(a);
            case "DFT" -> DFT.read(a);
            case "STFT" -> STFT.read(a);
            case TRAINING + ".Adagrad" -> Adagrad.read(a);
            case TRAINING + ".Adam" -> Adam.read(a);
            case TRAINING + ".Momentum" -> Momentum.read(a);
            // Data movement.
            case ML + ".ArrayFeatureExtractor" -> ArrayFeatureExtractor.read(a);
            case "Compress" -> Compress.read(a);
            case "Concat" -> Concat.read(a);
            case "Constant" -> Constant.read(a);
            case "ConstantOfShape" -> ConstantOfShape.read(a);
            case "Expand" -> Expand.read(a);
            case "EyeLike" -> EyeLike.read(a);
            case "Flatten" -> Flatten.read(a);
            case "Gather" -> Gather.read(a);
            case "GatherElements" -> GatherElements.read(a);
            case "GatherND" -> GatherND.read(a);
            case "Identity" -> Identity.read(a);
            case "OneHot" -> OneHot.read(a);
            case "Pad" -> Pad.read(a);
            case "Range" -> Range.read(a);
            case "Reshape" -> Reshape.read(a);
            case "ReverseSequence" -> ReverseSequence.read(a);
            case "Scatter" -> ScatterElements.read(a);
            case "ScatterElements" -> ScatterElements.read(a);
            case "ScatterND" -> ScatterND.read(a);
            case "Shape" -> Shape.read(a);
            case "Size" -> Size.read(a);
            case "Slice" -> Slice.read(a);
            case "Split" -> Split.read(a);
            case "Squeeze" -> Squeeze.read(a);
            case "TensorScatter" -> TensorScatter.read(a);
            case "Tile" -> Tile.read(a);
            case "Transpose" -> Transpose.read(a);
            case "Trilu" -> Trilu.read(a);
            case "Unsqueeze" -> Unsqueeze.read(a);
            // Recurrent networks and attention.
            case "LSTM" -> LSTM.read(a);
            case "GRU" -> GRU.read(a);
            case "RNN" -> RNN.read(a);
            case "Attention" -> Attention.read(a);
            case "RotaryEmbedding" -> RotaryEmbedding.read(a);
            case "LinearAttention" -> LinearAttention.read(a);
            case PREVIEW + ".FlexAttention" -> FlexAttention.read(a);
            case MICROSOFT + ".Attention" -> MicrosoftAttention.read(a);
            case SARDONYX + ".ScaledDotProductAttention" -> ScaledDotProductAttention.read(a);
            // Between devices.
            case SARDONYX + ".AllReduce" -> AllReduce.read(a);
            // Sequences and control flow.
            case "If" -> If.read(a);
            case "Loop" -> Loop.read(a);
            case "Scan" -> Scan.read(a);
            case "SequenceMap" -> SequenceMap.read(a);
            case "SequenceConstruct" -> SequenceConstruct.read(a);
            case "SequenceEmpty" -> SequenceEmpty.read(a);
            case "SequenceInsert" -> SequenceInsert.read(a);
            case "SequenceErase" -> SequenceErase.read(a);
            case "SequenceAt" -> SequenceAt.read(a);
            case "SequenceLength" -> SequenceLength.read(a);
            case "ConcatFromSequence" -> ConcatFromSequence.read(a);
            case "SplitToSequence" -> SplitToSequence.read(a);
            case "Optional" -> OptionalValue.read(a);
            case "OptionalGetElement" -> OptionalGetElement.read(a);
            case "OptionalHasElement" -> OptionalHasElement.read(a);
            // Text, random numbers and classical machine learning.
            case "StringNormalizer" -> StringNormalizer.read(a);
            case "StringSplit" -> StringSplit.read(a);
            case "StringConcat" -> StringConcat.read(a);
            case "RegexFullMatch" -> RegexFullMatch.read(a);
            case "TfIdfVectorizer" -> TfIdfVectorizer.read(a);
            case "RandomNormal" -> RandomNormal.read(a);
            case "RandomUniform" -> RandomUniform.read(a);
            case "RandomNormalLike" -> RandomNormalLike.read(a);
            case "RandomUniformLike" -> RandomUniformLike.read(a);
            case "Bernoulli" -> Bernoulli.read(a);
            case "Multinomial" -> Multinomial.read(a);
            case ML + ".LabelEncoder" -> LabelEncoder.read(a);
            case ML + ".Binarizer" -> Binarizer.read(a);
            case ML + ".TreeEnsemble" -> TreeEnsemble.read(a);
            default -> null;
        };
    }

    /**
     * The operator of a node, or empty for one that is not known.
     *
     * @throws IllegalArgumentException if its attributes do not fit
     */
    public static Optional<Operator> read(String domain, String name, Attributes attributes) {
        String of = canonical(domain);
        return Optional.ofNullable(read(of.isEmpty() ? name : of + "." + name, attributes));
    }

    /** {@code ai.onnx} is another name of the empty domain. */
    public static String canonical(String domain) {
        return domain.equals("ai.onnx") ? ONNX : domain;
    }
}
