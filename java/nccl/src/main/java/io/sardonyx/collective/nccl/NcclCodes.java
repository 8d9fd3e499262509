package io.sardonyx.collective.nccl;

import static org.bytedeco.cuda.global.nccl.ncclAvg;
import static org.bytedeco.cuda.global.nccl.ncclBfloat16;
import static org.bytedeco.cuda.global.nccl.ncclFloat16;
import static org.bytedeco.cuda.global.nccl.ncclFloat32;
import static org.bytedeco.cuda.global.nccl.ncclFloat64;
import static org.bytedeco.cuda.global.nccl.ncclInt32;
import static org.bytedeco.cuda.global.nccl.ncclInt64;
import static org.bytedeco.cuda.global.nccl.ncclMax;
import static org.bytedeco.cuda.global.nccl.ncclMin;
import static org.bytedeco.cuda.global.nccl.ncclProd;
import static org.bytedeco.cuda.global.nccl.ncclSum;

import io.sardonyx.collective.Reduction;
import io.sardonyx.tensor.DType;

/** NCCL's numbers for our types and reductions; constants, which need no library. */
final class NcclCodes {
    private NcclCodes() {}

    static int of(DType dtype) {
        return switch (dtype) {
            case FLOAT16 -> ncclFloat16;
            case BFLOAT16 -> ncclBfloat16;
            case FLOAT32 -> ncclFloat32;
            case FLOAT64 -> ncclFloat64;
            case INT32 -> ncclInt32;
            case INT64 -> ncclInt64;
            default -> throw new IllegalArgumentException("NCCL: " + dtype + " is not reduced");
        };
    }

    static int of(Reduction reduction) {
        return switch (reduction) {
            case SUM -> ncclSum;
            case PRODUCT -> ncclProd;
            case MIN -> ncclMin;
            case MAX -> ncclMax;
            case MEAN -> ncclAvg;
        };
    }
}
