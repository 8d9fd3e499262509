package io.sardonyx.bench.device;

import static org.bytedeco.cuda.global.cublas.CUBLASLT_MATMUL_DESC_TRANSA;
import static org.bytedeco.cuda.global.cublas.CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES;
import static org.bytedeco.cuda.global.cublas.CUBLAS_COMPUTE_32F;
import static org.bytedeco.cuda.global.cublas.CUBLAS_COMPUTE_32I;
import static org.bytedeco.cuda.global.cublas.CUBLAS_OP_N;
import static org.bytedeco.cuda.global.cublas.CUBLAS_OP_T;
import static org.bytedeco.cuda.global.cublas.cublasCreate_v2;
import static org.bytedeco.cuda.global.cublas.cublasLtCreate;
import static org.bytedeco.cuda.global.cublas.cublasLtGetVersion;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmul;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulAlgoGetHeuristic;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulDescCreate;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulDescSetAttribute;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulPreferenceCreate;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulPreferenceSetAttribute;
import static org.bytedeco.cuda.global.cublas.cublasLtMatrixLayoutCreate;
import static org.bytedeco.cuda.global.cublas.cublasSetStream_v2;
import static org.bytedeco.cuda.global.cublas.cublasSetWorkspace_v2;
import static org.bytedeco.cuda.global.cublas.cublasSgemm_v2;
import static org.bytedeco.cuda.global.cudart.CUDA_R_16BF;
import static org.bytedeco.cuda.global.cudart.CUDA_R_16F;
import static org.bytedeco.cuda.global.cudart.CUDA_R_32F;
import static org.bytedeco.cuda.global.cudart.CUDA_R_32I;
import static org.bytedeco.cuda.global.cudart.CUDA_R_8I;

import io.sardonyx.tensor.DType;
import java.util.List;
import org.bytedeco.cuda.cublas.cublasContext;
import org.bytedeco.cuda.cublas.cublasLtContext;
import org.bytedeco.cuda.cublas.cublasLtMatmulDescOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulHeuristicResult_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulPreferenceOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatrixLayoutOpaque_t;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * Matrix products by cuBLAS, as {@link KernelTimer} times ours: cublasLtMatmul by its first heuristic for bfloat16 and float16,
 * cublasSgemm without TF32 for float32; sums in float32, 32 MiB of workspace. Bytes, with weights that are transposed, into int32.
 *
 * <p>cuBLAS thinks in columns: the row-major C = A · B is its C' = B' · A', without a transposition.
 */
final class CublasContender implements ContenderLoop.Library {
    private static final long WORKSPACE = 32L << 20;

    private final CudaStream cuda;
    private final cublasLtContext lt = new cublasLtContext();
    private final cublasContext blas = new cublasContext();
    private final FloatPointer one = new FloatPointer(1f);
    private final FloatPointer zero = new FloatPointer(0f);
    private final long workspace;

    private CublasContender(int ordinal) {
        cuda = new CudaStream(ordinal);
        workspace = cuda.allocate(WORKSPACE);
        check(cublasLtCreate(lt), "cublasLtCreate");
        check(cublasCreate_v2(blas), "cublasCreate");
        check(cublasSetStream_v2(blas, cuda.handle()), "cublasSetStream");
        check(cublasSetWorkspace_v2(blas, new CudaStream.At(workspace), WORKSPACE), "cublasSetWorkspace");
    }

    public static void main(String[] args) throws java.io.IOException {
        new ContenderLoop(args).run(CublasContender::new);
    }

    @Override
    public String version() {
        return "cuBLASLt " + cublasLtGetVersion();
    }

    @Override
    public Batch open(String words, Effort effort) {
        Rival.Product product = Rival.Product.parse(words);
        DType dtype = product.dtype();
        long m = product.m();
        long n = product.n();
        long k = product.k();
        return Rotation.open(
                cuda,
                effort,
                dtype,
                List.of(dtype.byteSize(m * k), dtype.byteSize(k * n)),
                (dtype == DType.INT8 ? DType.INT32 : dtype).byteSize(m * n),
                dtype == DType.FLOAT32 ? sgemm(m, n, k) : matmul(dtype, m, n, k));
    }

    private Rotation.Step sgemm(long m, long n, long k) {
        return at -> check(
                cublasSgemm_v2(
                        blas,
                        CUBLAS_OP_N,
                        CUBLAS_OP_N,
                        (int) n,
                        (int) m,
                        (int) k,
                        one,
                        new FloatPointer(new CudaStream.At(at.input(1))),
                        (int) n,
                        new FloatPointer(new CudaStream.At(at.input(0))),
                        (int) k,
                        zero,
                        new FloatPointer(new CudaStream.At(at.output())),
                        (int) n),
                "cublasSgemm");
    }

    /** What it creates lives until this process ends. */
    private Rotation.Step matmul(DType dtype, long m, long n, long k) {
        boolean bytes = dtype == DType.INT8;
        int type = bytes ? CUDA_R_8I : dtype == DType.BFLOAT16 ? CUDA_R_16BF : CUDA_R_16F;
        int sums = bytes ? CUDA_R_32I : type;
        PointerPointer<cublasLtMatmulDescOpaque_t> created = new PointerPointer<>(1);
        check(
                cublasLtMatmulDescCreate(
                        created, bytes ? CUBLAS_COMPUTE_32I : CUBLAS_COMPUTE_32F, bytes ? CUDA_R_32I : CUDA_R_32F),
                "cublasLtMatmulDescCreate");
        var description = created.get(cublasLtMatmulDescOpaque_t.class, 0);
        if (bytes) { // as its kernels for bytes want the weights
            check(
                    cublasLtMatmulDescSetAttribute(
                            description,
                            CUBLASLT_MATMUL_DESC_TRANSA,
                            new IntPointer(1).put(CUBLAS_OP_T),
                            Integer.BYTES),
                    "cublasLtMatmulDescSetAttribute");
        }
        Pointer alpha = bytes ? new IntPointer(1).put(1) : one;
        Pointer beta = bytes ? new IntPointer(1).put(0) : zero;
        var first = bytes ? layout(type, k, n) : layout(type, n, k);
        var second = layout(type, k, m);
        var result = layout(sums, n, m);
        PointerPointer<cublasLtMatmulPreferenceOpaque_t> preferences = new PointerPointer<>(1);
        check(cublasLtMatmulPreferenceCreate(preferences), "cublasLtMatmulPreferenceCreate");
        var preference = preferences.get(cublasLtMatmulPreferenceOpaque_t.class, 0);
        check(
                cublasLtMatmulPreferenceSetAttribute(
                        preference,
                        CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES,
                        new SizeTPointer(1).put(WORKSPACE),
                        Long.BYTES),
                "cublasLtMatmulPreferenceSetAttribute");
        var choice = new cublasLtMatmulHeuristicResult_t(1);
        IntPointer found = new IntPointer(1);
        check(
                cublasLtMatmulAlgoGetHeuristic(
                        lt, description, first, second, result, result, preference, 1, choice, found),
                "cublasLtMatmulAlgoGetHeuristic");
        if (found.get() < 1) {
            throw new IllegalStateException("cuBLASLt has no algorithm for " + dtype + " " + m + " x " + n + " x " + k);
        }
        return at -> check(
                cublasLtMatmul(
                        lt,
                        description,
                        alpha,
                        new CudaStream.At(at.input(1)),
                        first,
                        new CudaStream.At(at.input(0)),
                        second,
                        beta,
                        new CudaStream.At(at.output()),
                        result,
                        new CudaStream.At(at.output()),
                        result,
                        choice.algo(),
                        new CudaStream.At(workspace),
                        WORKSPACE,
                        cuda.handle()),
                "cublasLtMatmul");
    }

    private static cublasLtMatrixLayoutOpaque_t layout(int type, long rows, long columns) {
        PointerPointer<cublasLtMatrixLayoutOpaque_t> created = new PointerPointer<>(1);
        check(cublasLtMatrixLayoutCreate(created, type, rows, columns, rows), "cublasLtMatrixLayoutCreate");
        return created.get(cublasLtMatrixLayoutOpaque_t.class, 0);
    }

    private static void check(int status, String what) {
        if (status != 0) {
            throw new IllegalStateException(what + ": cuBLAS status " + status);
        }
    }
}
