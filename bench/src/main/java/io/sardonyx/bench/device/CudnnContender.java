package io.sardonyx.bench.device;

import static org.bytedeco.cuda.global.cudnn.CUDNN_CROSS_CORRELATION;
import static org.bytedeco.cuda.global.cudnn.CUDNN_DATA_BFLOAT16;
import static org.bytedeco.cuda.global.cudnn.CUDNN_DATA_FLOAT;
import static org.bytedeco.cuda.global.cudnn.CUDNN_DATA_HALF;
import static org.bytedeco.cuda.global.cudnn.CUDNN_FMA_MATH;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TENSOR_NHWC;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TENSOR_OP_MATH;
import static org.bytedeco.cuda.global.cudnn.cudnnConvolutionBackwardData;
import static org.bytedeco.cuda.global.cudnn.cudnnConvolutionForward;
import static org.bytedeco.cuda.global.cudnn.cudnnCreate;
import static org.bytedeco.cuda.global.cudnn.cudnnCreateConvolutionDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnCreateFilterDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnCreateTensorDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnFindConvolutionBackwardDataAlgorithm;
import static org.bytedeco.cuda.global.cudnn.cudnnFindConvolutionForwardAlgorithm;
import static org.bytedeco.cuda.global.cudnn.cudnnGetErrorString;
import static org.bytedeco.cuda.global.cudnn.cudnnGetVersion;
import static org.bytedeco.cuda.global.cudnn.cudnnSetConvolution2dDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnSetConvolutionGroupCount;
import static org.bytedeco.cuda.global.cudnn.cudnnSetConvolutionMathType;
import static org.bytedeco.cuda.global.cudnn.cudnnSetFilter4dDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnSetStream;
import static org.bytedeco.cuda.global.cudnn.cudnnSetTensor4dDescriptor;

import io.sardonyx.bench.ConvLayer;
import io.sardonyx.tensor.DType;
import java.util.List;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.cuda.cudnn.cudnnConvolutionBwdDataAlgoPerf_t;
import org.bytedeco.cuda.cudnn.cudnnConvolutionFwdAlgoPerf_t;
import org.bytedeco.cuda.cudnn.cudnnConvolutionStruct;
import org.bytedeco.cuda.cudnn.cudnnFilterStruct;
import org.bytedeco.cuda.cudnn.cudnnTensorStruct;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Convolutions by cuDNN, as {@link KernelTimer} times ours but without bias and activation: tensors with their channels last, by the
 * algorithm that its own search found fastest; on tensor cores for 16 bits, in float32 for float32. A transposed one is a
 * convolution's gradient to it.
 */
final class CudnnContender implements ContenderLoop.Library {
    private static final long LARGEST_WORKSPACE = 2L << 30;
    private static final int ALGORITHMS = 16;

    private final CudaStream cuda;
    private final cudnnContext cudnn = new cudnnContext();
    private final FloatPointer one = new FloatPointer(1f);
    private final FloatPointer zero = new FloatPointer(0f);

    private CudnnContender(int ordinal) {
        cuda = new CudaStream(ordinal);
        check(cudnnCreate(cudnn), "cudnnCreate");
        check(cudnnSetStream(cudnn, cuda.handle()), "cudnnSetStream");
    }

    public static void main(String[] args) throws java.io.IOException {
        new ContenderLoop(args).run(CudnnContender::new);
    }

    @Override
    public String version() {
        return "cuDNN " + cudnnGetVersion() + ", cudnnFindConvolutionForwardAlgorithm";
    }

    /** What was searched for: which algorithm, by which arithmetic, with how much memory. */
    private record Found(int algorithm, int math, long workspace) {}

    /** Descriptors live until this process ends; {@code large} is the side that has the convolution's channels. */
    private record Shapes(
            cudnnTensorStruct large,
            cudnnFilterStruct weights,
            cudnnTensorStruct small,
            cudnnConvolutionStruct convolution) {}

    @Override
    public Batch open(String words, Effort effort) {
        Rival.Convolution rival = Rival.Convolution.parse(words);
        ConvLayer layer = rival.layer();
        DType dtype = rival.dtype();
        Shapes shapes = shapes(rival);
        Found found = layer.isTransposed() ? findBack(shapes, dtype) : find(shapes, dtype);
        check(cudnnSetConvolutionMathType(shapes.convolution, found.math), "cudnnSetConvolutionMathType");
        long workspace = cuda.allocate(Math.max(1, found.workspace));
        Batch batch = Rotation.open(
                cuda,
                effort,
                dtype,
                List.of(dtype.byteSize(rival.batch() * layer.inputElements()), dtype.byteSize(layer.weightElements())),
                dtype.byteSize(rival.batch() * layer.outputElements()),
                layer.isTransposed() ? back(shapes, found, workspace) : forward(shapes, found, workspace));
        return batch.closing(() -> cuda.free(workspace));
    }

    private static Shapes shapes(Rival.Convolution rival) {
        ConvLayer layer = rival.layer();
        boolean back = layer.isTransposed();
        long in = back ? layer.filters() : layer.channels();
        long out = back ? layer.channels() : layer.filters();
        long large = back ? layer.outputSize() : layer.size();
        long small = back ? layer.size() : layer.outputSize();
        int type = type(rival.dtype());
        var weights = new cudnnFilterStruct();
        check(cudnnCreateFilterDescriptor(weights), "cudnnCreateFilterDescriptor");
        int kernel = (int) layer.kernel();
        check(
                cudnnSetFilter4dDescriptor(
                        weights, type, CUDNN_TENSOR_NHWC, (int) out, (int) (in / layer.group()), kernel, kernel),
                "cudnnSetFilter4dDescriptor");
        var convolution = new cudnnConvolutionStruct();
        check(cudnnCreateConvolutionDescriptor(convolution), "cudnnCreateConvolutionDescriptor");
        int pad = (int) layer.pad();
        int stride = (int) layer.stride();
        check(
                cudnnSetConvolution2dDescriptor(
                        convolution, pad, pad, stride, stride, 1, 1, CUDNN_CROSS_CORRELATION, CUDNN_DATA_FLOAT),
                "cudnnSetConvolution2dDescriptor");
        check(cudnnSetConvolutionGroupCount(convolution, (int) layer.group()), "cudnnSetConvolutionGroupCount");
        check(
                cudnnSetConvolutionMathType(
                        convolution, rival.dtype() == DType.FLOAT32 ? CUDNN_FMA_MATH : CUDNN_TENSOR_OP_MATH),
                "cudnnSetConvolutionMathType");
        return new Shapes(
                tensor(type, rival.batch(), in, large), weights, tensor(type, rival.batch(), out, small), convolution);
    }

    private static cudnnTensorStruct tensor(int type, long batch, long channels, long size) {
        var tensor = new cudnnTensorStruct();
        check(cudnnCreateTensorDescriptor(tensor), "cudnnCreateTensorDescriptor");
        check(
                cudnnSetTensor4dDescriptor(
                        tensor, CUDNN_TENSOR_NHWC, type, (int) batch, (int) channels, (int) size, (int) size),
                "cudnnSetTensor4dDescriptor");
        return tensor;
    }

    private static int type(DType dtype) {
        return switch (dtype) {
            case FLOAT16 -> CUDNN_DATA_HALF;
            case BFLOAT16 -> CUDNN_DATA_BFLOAT16;
            default -> CUDNN_DATA_FLOAT;
        };
    }

    private Found find(Shapes s, DType dtype) {
        int[] count = new int[1];
        var results = new cudnnConvolutionFwdAlgoPerf_t(ALGORITHMS);
        check(
                cudnnFindConvolutionForwardAlgorithm(
                        cudnn, s.large, s.weights, s.convolution, s.small, ALGORITHMS, count, results),
                "cudnnFindConvolutionForwardAlgorithm");
        for (int i = 0; i < count[0]; i++) {
            var result = results.getPointer(i);
            if (isGood(result.status(), result.mathType(), result.memory(), dtype)) {
                return new Found(result.algo(), result.mathType(), result.memory());
            }
        }
        throw new IllegalStateException("cuDNN has no algorithm for it");
    }

    private Found findBack(Shapes s, DType dtype) {
        int[] count = new int[1];
        var results = new cudnnConvolutionBwdDataAlgoPerf_t(ALGORITHMS);
        check(
                cudnnFindConvolutionBackwardDataAlgorithm(
                        cudnn, s.weights, s.small, s.convolution, s.large, ALGORITHMS, count, results),
                "cudnnFindConvolutionBackwardDataAlgorithm");
        for (int i = 0; i < count[0]; i++) {
            var result = results.getPointer(i);
            if (isGood(result.status(), result.mathType(), result.memory(), dtype)) {
                return new Found(result.algo(), result.mathType(), result.memory());
            }
        }
        throw new IllegalStateException("cuDNN has no algorithm for it");
    }

    /** Results come with the fastest first; tf32 is no float32. */
    private static boolean isGood(int status, int math, long memory, DType dtype) {
        return status == 0 && memory <= LARGEST_WORKSPACE && (dtype != DType.FLOAT32 || math == CUDNN_FMA_MATH);
    }

    private Rotation.Step forward(Shapes s, Found found, long workspace) {
        return at -> check(
                cudnnConvolutionForward(
                        cudnn,
                        one,
                        s.large,
                        new CudaStream.At(at.input(0)),
                        s.weights,
                        new CudaStream.At(at.input(1)),
                        s.convolution,
                        found.algorithm,
                        new CudaStream.At(workspace),
                        found.workspace,
                        zero,
                        s.small,
                        new CudaStream.At(at.output())),
                "cudnnConvolutionForward");
    }

    private Rotation.Step back(Shapes s, Found found, long workspace) {
        return at -> check(
                cudnnConvolutionBackwardData(
                        cudnn,
                        one,
                        s.weights,
                        new CudaStream.At(at.input(1)),
                        s.small,
                        new CudaStream.At(at.input(0)),
                        s.convolution,
                        found.algorithm,
                        new CudaStream.At(workspace),
                        found.workspace,
                        zero,
                        s.large,
                        new CudaStream.At(at.output())),
                "cudnnConvolutionBackwardData");
    }

    private static void check(int status, String what) {
        if (status != 0) {
            throw new IllegalStateException(
                    what + ": " + cudnnGetErrorString(status).getString());
        }
    }
}
