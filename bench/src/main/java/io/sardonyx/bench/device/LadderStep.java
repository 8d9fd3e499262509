package io.sardonyx.bench.device;

import io.sardonyx.bench.define.Problem;
import io.sardonyx.device.Launch;
import io.sardonyx.op.InputTypes;
import io.sardonyx.op.Inputs;
import io.sardonyx.op.MatMul;
import io.sardonyx.op.TensorOperator;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The steps of {@code kernels/cuda/lab/matmul}, from the obvious kernel to those that are shipped: {@code y = a b}, where {@code y} is
 * float32 whatever the operands are.
 */
public enum LadderStep {
    /** A thread for each number of the result. */
    NAIVE(DType.FLOAT32),
    /** Threads that follow each other take columns that do. */
    COALESCED(DType.FLOAT32),
    /** Tiles of the operands lie in shared memory. */
    SHARED_TILE(DType.FLOAT32),
    /** Each thread has a tile of the result. */
    REGISTER_TILE(DType.FLOAT32),
    /** Loads of 16 bytes. */
    VECTORISED(DType.FLOAT32),
    /** The next tiles come while these are multiplied. */
    DOUBLE_BUFFERED(DType.FLOAT32),
    /** Tensor cores, by warps. */
    TENSOR_CORES(DType.BFLOAT16),
    /** TMA and wgmma. */
    HOPPER(DType.BFLOAT16);

    private final DType operands;

    LadderStep(DType operands) {
        this.operands = operands;
    }

    /** What it multiplies. */
    public DType operands() {
        return operands;
    }

    /** The kernel's key. */
    public String key() {
        return "lab.matmul." + (ordinal() + 1);
    }

    /** As an operator whose only kernel this is. */
    public TensorOperator operator() {
        return new Product(this);
    }

    /** What is timed of a product of matrices. */
    public Workload workload(Problem problem) {
        return new Workload(
                this + ", " + problem,
                operator(),
                problem.types(),
                problem.flops(),
                Optional.empty(),
                Optional.empty(),
                0);
    }

    /** As in {@code lab:naive}. */
    @Override
    public String toString() {
        return "lab:" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private record Product(LadderStep step) implements TensorOperator {
        @Override
        public List<TensorType> infer(InputTypes in) {
            return new MatMul()
                    .infer(in).stream()
                            .map(type -> new TensorType(DType.FLOAT32, type.shape()))
                            .toList();
        }

        @Override
        public void reference(Inputs in, List<HostTensor> out) {
            new MatMul().reference(in, out);
        }

        @Override
        public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
            long m = in.shape(0).size(0);
            long k = in.shape(0).size(1);
            long n = in.shape(1).size(1);
            return Optional.of(
                    Launch.ofKey(step.key()).input(0).input(1).output(0).params(m, n, k));
        }
    }
}
