package io.sardonyx.collective;

import io.sardonyx.collective.CollectiveException.Reason;
import io.sardonyx.device.Device;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/** Runs calls on a transport, each once all ranks have agreed on it: what Gloo or NCCL would do otherwise is hang, or worse. */
final class CallRunner implements AutoCloseable {
    private final int rank;
    private final int size;
    private final Transport transport;
    private final Device device;
    private final Memory header;
    private final Memory headers;

    CallRunner(int rank, int size, Transport transport) {
        this.rank = rank;
        this.size = size;
        this.transport = transport;
        this.device = transport.device();
        header = device.allocate(CallHeader.BYTES);
        headers = device.allocate((long) CallHeader.BYTES * size);
    }

    void run(ProcessWork work, TensorLease tensors) {
        Call call = work.call();
        agree(work);
        if (call.count() == 0) {
            return; // a barrier, too: all ranks have come
        }
        switch (call.operation()) {
            case ALL_REDUCE -> allReduce(work, tensors.in(), tensors.out());
            case REDUCE_SCATTER -> reduceScatter(work, tensors.in().get(0), tensors.out().get(0));
            case ALL_GATHER ->
                transport.allGather(
                        tensors.in().get(0), tensors.out().get(0), call.bytes(), work.remaining());
            case BROADCAST ->
                transport.broadcast(tensors.out().get(0), call.bytes(), call.root(), work.remaining());
            case BARRIER -> {}
        }
    }

    private void agree(ProcessWork work) {
        CallHeader mine = new CallHeader(work.step(), work.call());
        header.write(0, mine.encode());
        transport.allGather(header, headers, CallHeader.BYTES, work.remaining());
        List<CallHeader> all = CallHeader.read(headers, size);
        if (all.stream().anyMatch(other -> !other.equals(mine))) {
            throw new TransportException(Reason.MISMATCH, CallHeader.describe(all), null);
        }
    }

    private void allReduce(ProcessWork work, List<Memory> in, List<Memory> out) {
        Call call = work.call();
        if (in.size() == 1 && call.reduction() != Reduction.MEAN) {
            if (in.get(0) != out.get(0)) {
                device.copy(out.get(0), 0, in.get(0), 0, call.bytes());
            }
            transport.allReduce(out.get(0), call.dtype(), call.count(), call.reduction(), work.remaining());
            return;
        }
        try (Memory joined = join(in, call)) {
            transport.allReduce(joined, call.dtype(), call.count(), summed(call), work.remaining());
            finish(call, call.count(), joined, out);
        }
    }

    private void reduceScatter(ProcessWork work, Memory in, Memory out) {
        Call call = work.call();
        long count = call.count() / size;
        try (Memory all = join(List.of(in), call);
                Memory part = device.allocate(call.dtype().byteSize(count))) {
            transport.reduceScatter(all, part, call.dtype(), count, summed(call), work.remaining());
            finish(call, count, part, List.of(out));
        }
    }

    private Memory join(List<Memory> parts, Call call) {
        Memory joined = device.allocate(call.bytes());
        long offset = 0;
        for (Memory part : parts) {
            device.copy(joined, offset, part, 0, part.byteSize());
            offset += part.byteSize();
        }
        return joined;
    }

    private static Reduction summed(Call call) {
        return call.reduction() == Reduction.MEAN ? Reduction.SUM : call.reduction();
    }

    /** Spreads what was reduced over {@code out}, for a mean over the number of ranks. */
    private void finish(Call call, long count, Memory reduced, List<Memory> out) {
        if (call.reduction() != Reduction.MEAN) {
            split(reduced, out);
            return;
        }
        try (Tensor sum = Tensor.adopt(TensorType.of(call.dtype(), count), device, reduced);
                Tensor mean = sum.div(size)) {
            try {
                split(mean.lease(), out);
            } finally {
                mean.endLease();
            }
        }
    }

    private void split(Memory joined, List<Memory> parts) {
        long offset = 0;
        for (Memory part : parts) {
            device.copy(part, 0, joined, offset, part.byteSize());
            offset += part.byteSize();
        }
    }

    @Override
    public void close() {
        header.close();
        headers.close();
    }
}
