package io.sardonyx.bench.contender;

import static org.bytedeco.openblas.global.openblas_full.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_full.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_full.CblasTrans;
import static org.bytedeco.openblas.global.openblas_full.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas_full.cblas_sgemm;
import static org.bytedeco.openblas.global.openblas_full.cblas_sgemv;
import static org.bytedeco.openblas.global.openblas_full.openblas_get_config;
import static org.bytedeco.openblas.global.openblas_full.openblas_set_num_threads;

import io.sardonyx.bench.define.Problem;
import io.sardonyx.tensor.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_full;

/**
 * Products by OpenBLAS: by gemm, and where a matrix is a vector by gemv if that takes less time. Its interface has nothing to pack
 * weights with beforehand.
 */
final class OpenBlasLibrary implements Library {
    @Override
    public Optional<String> absence() {
        try {
            Loader.load(openblas_full.class);
            return Optional.empty();
        } catch (LinkageError e) {
            return Optional.of("does not load (" + e.getMessage()
                    + "); add org.bytedeco:openblas, also with the classifier linux-x86_64, to the class path");
        }
    }

    /** With the kernels that it chose for this processor. */
    @Override
    public String version() {
        return openblas_get_config().getString().strip();
    }

    @Override
    public Call open(Problem problem, List<HostTensor> inputs, Setting setting) {
        setting.requireCpu();
        if (!problem.node().name().equals("MatMul")) {
            throw new UnsupportedProblemException("has no " + problem.node().name());
        }
        Product product = new Product(problem, inputs);
        openblas_set_num_threads(setting.threads());
        List<Runnable> ways =
                switch (problem.dtype()) {
                    case FLOAT32 -> product.singles();
                    case FLOAT64 -> product.doubles();
                    default ->
                        throw new UnsupportedProblemException(
                                "has products of float32 and float64, none of " + problem.dtype());
                };
        return FastestCall.of(ways.stream().map(product::call).toList());
    }

    /** {@code c = a b}, {@code [m, k] x [k, n]}, in memory of Java's that begins at a cache line. */
    private static final class Product {
        private static final int LINE = 64;

        private final Problem problem;
        private final int m;
        private final int n;
        private final int k;
        private final ByteBuffer a;
        private final ByteBuffer b;
        private final ByteBuffer c;

        Product(Problem problem, List<HostTensor> inputs) {
            this.problem = problem;
            m = Math.toIntExact(inputs.get(0).shape().size(0));
            k = Math.toIntExact(inputs.get(0).shape().size(1));
            n = Math.toIntExact(inputs.get(1).shape().size(1));
            a = buffer(inputs.get(0).type().byteSize())
                    .put(inputs.get(0).data())
                    .flip();
            b = buffer(inputs.get(1).type().byteSize())
                    .put(inputs.get(1).data())
                    .flip();
            c = buffer(problem.output().byteSize());
        }

        private static ByteBuffer buffer(long bytes) {
            return ByteBuffer.allocateDirect(Math.toIntExact(bytes + 2 * LINE)) // a slice ends at a line, too
                    .alignedSlice(LINE)
                    .limit((int) bytes)
                    .slice()
                    .order(ByteOrder.nativeOrder());
        }

        /** By gemm, then by gemv if there is a vector. */
        List<Runnable> singles() {
            FloatPointer x = new FloatPointer(a.asFloatBuffer());
            FloatPointer y = new FloatPointer(b.asFloatBuffer());
            FloatPointer z = new FloatPointer(c.asFloatBuffer());
            List<Runnable> ways = new ArrayList<>();
            ways.add(() -> cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, x, k, y, n, 0, z, n));
            if (m == 1) {
                ways.add(() -> cblas_sgemv(CblasRowMajor, CblasTrans, k, n, 1, y, n, x, 1, 0, z, 1));
            } else if (n == 1) {
                ways.add(() -> cblas_sgemv(CblasRowMajor, CblasNoTrans, m, k, 1, x, k, y, 1, 0, z, 1));
            }
            return ways;
        }

        List<Runnable> doubles() {
            DoublePointer x = new DoublePointer(a.asDoubleBuffer());
            DoublePointer y = new DoublePointer(b.asDoubleBuffer());
            DoublePointer z = new DoublePointer(c.asDoubleBuffer());
            return List.of(
                    () -> cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, x, k, y, n, 0, z, n));
        }

        Call call(Runnable run) {
            return new Call() {
                @Override
                public void run() {
                    run.run();
                }

                @Override
                public HostTensor output() {
                    return HostTensor.wrap(problem.output(), c.duplicate()).copy();
                }

                @Override
                public void close() {} // Java frees it
            };
        }
    }
}
