package io.sardonyx.collective.nccl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sardonyx.collective.CollectiveCheck;
import io.sardonyx.collective.Reduction;
import io.sardonyx.tensor.DType;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.cuda.global.nccl;
import org.junit.jupiter.api.Test;

class NcclCodesTest {
    @Test
    void everyTypeThatIsReducedHasItsNumber() {
        Set<Integer> numbers = CollectiveCheck.TYPES.stream().map(NcclCodes::of).collect(Collectors.toSet());
        assertEquals(CollectiveCheck.TYPES.size(), numbers.size());
        assertEquals(nccl.ncclBfloat16, NcclCodes.of(DType.BFLOAT16));
        assertEquals(nccl.ncclFloat16, NcclCodes.of(DType.FLOAT16));
        assertEquals(nccl.ncclInt64, NcclCodes.of(DType.INT64));
        for (DType dtype : DType.values()) {
            if (!CollectiveCheck.TYPES.contains(dtype)) {
                assertThrows(IllegalArgumentException.class, () -> NcclCodes.of(dtype), dtype.toString());
            }
        }
    }

    @Test
    void everyReductionHasItsNumber() {
        Set<Integer> numbers =
                Arrays.stream(Reduction.values()).map(NcclCodes::of).collect(Collectors.toSet());
        assertEquals(Reduction.values().length, numbers.size());
        assertEquals(nccl.ncclMin, NcclCodes.of(Reduction.MIN));
        assertEquals(nccl.ncclMax, NcclCodes.of(Reduction.MAX));
        assertEquals(nccl.ncclProd, NcclCodes.of(Reduction.PRODUCT));
    }
}
