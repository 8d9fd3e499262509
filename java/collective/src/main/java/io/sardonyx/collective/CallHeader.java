package io.sardonyx.collective;

import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What ranks tell each other before a call: a fixed number of bytes, the same on all of them if they agree. */
record CallHeader(long step, Call call) {
    static final int BYTES = 8 * Long.BYTES;

    ByteBuffer encode() {
        return ByteBuffer.allocate(BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(step)
                .putLong(call.operation().ordinal())
                .putLong(call.dtype().code())
                .putLong(call.count())
                .putLong(call.reduction().ordinal())
                .putLong(call.root())
                .putLong(call.norm().row())
                .putLong(Float.floatToRawIntBits(call.norm().epsilon()))
                .flip();
    }

    /** Those of {@code size} ranks. */
    static List<CallHeader> read(Memory from, int size) {
        ByteBuffer bytes = ByteBuffer.allocate(size * BYTES).order(ByteOrder.LITTLE_ENDIAN);
        from.read(0, bytes);
        bytes.flip();
        List<CallHeader> headers = new ArrayList<>(size);
        for (int rank = 0; rank < size; rank++) {
            long step = bytes.getLong();
            Call.Operation operation = Call.Operation.values()[(int) bytes.getLong()];
            DType dtype = DType.ofCode((int) bytes.getLong());
            long count = bytes.getLong();
            Reduction reduction = Reduction.values()[(int) bytes.getLong()];
            int root = (int) bytes.getLong();
            RmsNorm norm = new RmsNorm(bytes.getLong(), Float.intBitsToFloat((int) bytes.getLong()));
            headers.add(new CallHeader(step, new Call(operation, dtype, count, reduction, root, norm)));
        }
        return headers;
    }

    /** Who wants what, for people. */
    static String describe(List<CallHeader> all) {
        boolean oneStep = all.stream().mapToLong(CallHeader::step).distinct().count() == 1;
        return IntStream.range(0, all.size())
                .mapToObj(rank -> "rank " + rank + " wants "
                        + all.get(rank).call.describe() + (oneStep ? "" : " in step " + all.get(rank).step))
                .collect(Collectors.joining(", "));
    }
}
