package io.sardonyx.bench.device;

import static org.bytedeco.cuda.global.cublas.CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES;
import static org.bytedeco.cuda.global.cublas.CUBLAS_COMPUTE_32F;
import static org.bytedeco.cuda.global.cublas.CUBLAS_OP_N;
import static org.bytedeco.cuda.global.cublas.cublasCreate_v2;
import static org.bytedeco.cuda.global.cublas.cublasLtCreate;
import static org.bytedeco.cuda.global.cublas.cublasLtGetVersion;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmul;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulAlgoGetHeuristic;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulDescCreate;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulPreferenceCreate;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulPreferenceSetAttribute;
import static org.bytedeco.cuda.global.cublas.cublasLtMatrixLayoutCreate;
import static org.bytedeco.cuda.global.cublas.cublasSetStream_v2;
import static org.bytedeco.cuda.global.cublas.cublasSetWorkspace_v2;
import static org.bytedeco.cuda.global.cublas.cublasSgemm_v2;
import static org.bytedeco.cuda.global.cudart.CUDA_R_16BF;
import static org.bytedeco.cuda.global.cudart.CUDA_R_16F;
import static org.bytedeco.cuda.global.cudart.CUDA_R_32F;

import io.sardonyx.tensor.DType;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.bytedeco.cuda.cublas.cublasContext;
import org.bytedeco.cuda.cublas.cublasLtContext;
import org.bytedeco.cuda.cublas.cublasLtMatmulDescOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulHeuristicResult_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulPreferenceOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatrixLayoutOpaque_t;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * Matrix products by cuBLAS, as {@link KernelTimer} times ours: cublasLtMatmul by its first heuristic for bfloat16 and float16,
 * cublasSgemm without TF32 for float32; sums in float32, 32 MiB of workspace. A line "TYPE m n k" comes in, "ok TIMES" goes out.
 *
 * <p>cuBLAS thinks in columns: the row-major C = A · B is its C' = B' · A', without a transposition.
 */
final class CublasContender {
    private static final long WORKSPACE = 32L << 20;

    private final CudaStream cuda = new CudaStream();
    private final cublasLtContext lt = new cublasLtContext();
    private final cublasContext blas = new cublasContext();
    private final FloatPointer one = new FloatPointer(1f);
    private final FloatPointer zero = new FloatPointer(0f);
    private final long workspace = cuda.allocate(WORKSPACE);

    private CublasContender() {
        check(cublasLtCreate(lt), "cublasLtCreate");
        check(cublasCreate_v2(blas), "cublasCreate");
        check(cublasSetStream_v2(blas, cuda.handle()), "cublasSetStream");
        check(cublasSetWorkspace_v2(blas, new CudaStream.At(workspace), WORKSPACE), "cublasSetWorkspace");
    }

    public static void main(String[] args) throws java.io.IOException {
        PrintStream out = System.out;
        System.setOut(System.err); // the answers alone go there
        Effort effort = new Effort(
                Long.parseLong(args[0]),
                Double.parseDouble(args[1]),
                Double.parseDouble(args[2]),
                Integer.parseInt(args[3]));
        CublasContender contender = new CublasContender();
        out.println("ready cuBLASLt " + cublasLtGetVersion());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            Samples samples = contender.time(
                    effort,
                    DType.valueOf(words[0]),
                    Long.parseLong(words[1]),
                    Long.parseLong(words[2]),
                    Long.parseLong(words[3]));
            out.println("ok " + samples.words());
        }
    }

    /** Where the tensors of one launch lie. */
    private record Buffers(long a, long b, long c) {}

    private Samples time(Effort effort, DType dtype, long m, long n, long k) {
        long a = aligned(dtype.byteSize(m * k));
        long b = aligned(dtype.byteSize(k * n));
        long c = aligned(dtype.byteSize(m * n));
        int sets = effort.sets(dtype.byteSize(m * k + k * n + m * n));
        long inputs = cuda.allocate(sets * (a + b));
        long outputs = cuda.allocate(sets * c);
        List<CudaStream.Graph> graphs = new ArrayList<>();
        try {
            cuda.fill(inputs, sets * (a + b), RandomMemory.block(dtype));
            LongFunction<Buffers> buffers = set -> {
                long at = inputs + set * (a + b);
                return new Buffers(at, at + a, outputs + set * c);
            };
            Multiply multiply = dtype == DType.FLOAT32 ? sgemm(m, n, k) : matmul(dtype, m, n, k);
            return effort.measure(sets, launches -> {
                CudaStream.Graph graph = cuda.record(() -> {
                    for (int i = 0; i < launches; i++) {
                        multiply.launch(buffers.apply(i % sets));
                    }
                });
                graphs.add(graph);
                return graph::microseconds;
            });
        } finally {
            graphs.forEach(CudaStream.Graph::close);
            cuda.free(inputs);
            cuda.free(outputs);
        }
    }

    private static long aligned(long bytes) {
        return (bytes + 255) / 256 * 256;
    }

    private interface Multiply {
        void launch(Buffers buffers);
    }

    private Multiply sgemm(long m, long n, long k) {
        return at -> check(
                cublasSgemm_v2(
                        blas,
                        CUBLAS_OP_N,
                        CUBLAS_OP_N,
                        (int) n,
                        (int) m,
                        (int) k,
                        one,
                        new FloatPointer(new CudaStream.At(at.b())),
                        (int) n,
                        new FloatPointer(new CudaStream.At(at.a())),
                        (int) k,
                        zero,
                        new FloatPointer(new CudaStream.At(at.c())),
                        (int) n),
                "cublasSgemm");
    }

    /** What it creates lives until this process ends. */
    private Multiply matmul(DType dtype, long m, long n, long k) {
        int type = dtype == DType.BFLOAT16 ? CUDA_R_16BF : CUDA_R_16F;
        PointerPointer<cublasLtMatmulDescOpaque_t> created = new PointerPointer<>(1);
        check(cublasLtMatmulDescCreate(created, CUBLAS_COMPUTE_32F, CUDA_R_32F), "cublasLtMatmulDescCreate");
        var description = created.get(cublasLtMatmulDescOpaque_t.class, 0);
        var first = layout(type, n, k);
        var second = layout(type, k, m);
        var result = layout(type, n, m);
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
                        one,
                        new CudaStream.At(at.b()),
                        first,
                        new CudaStream.At(at.a()),
                        second,
                        zero,
                        new CudaStream.At(at.c()),
                        result,
                        new CudaStream.At(at.c()),
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
