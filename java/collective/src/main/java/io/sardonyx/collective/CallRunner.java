package io.sardonyx.collective;

import io.sardonyx.collective.CollectiveException.Reason;
import io.sardonyx.device.Device;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/** Runs calls on a transport, each once all ranks have agreed on it: what Gloo or NCCL would do otherwise is hang, or worse. */
final class CallRunner implements AutoCloseable {
    private final int size;
    private final Transport transport;
    private final Device device;
    private final Memory header;
    private final Memory headers;

    CallRunner(int size, Transport transport) {
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
        Memory in = tensors.in();
        Memory out = tensors.out();
        switch (call.operation()) {
            case ALL_REDUCE -> allReduce(work, in, out);
            case REDUCE_SCATTER -> reduceScatter(work, in, out);
            case ALL_GATHER -> transport.allGather(in, out, call.bytes(), work.remaining());
            case BROADCAST -> transport.broadcast(out, call.bytes(), call.root(), work.remaining());
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

    private void allReduce(ProcessWork work, Memory in, Memory out) {
        Call call = work.call();
        if (call.reduction() != Reduction.MEAN) {
            if (in != out) {
                device.copy(out, 0, in, 0, call.bytes());
            }
            transport.allReduce(out, call.dtype(), call.count(), call.reduction(), work.remaining());
            return;
        }
        try (Memory sum = copy(in, call)) {
            transport.allReduce(sum, call.dtype(), call.count(), Reduction.SUM, work.remaining());
            mean(call, call.count(), sum, out);
        }
    }

    private void reduceScatter(ProcessWork work, Memory in, Memory out) {
        Call call = work.call();
        long count = call.count() / size;
        boolean mean = call.reduction() == Reduction.MEAN;
        try (Memory all = copy(in, call)) {
            Memory part = mean ? device.allocate(call.dtype().byteSize(count)) : out;
            try {
                transport.reduceScatter(
                        all, part, call.dtype(), count, mean ? Reduction.SUM : call.reduction(), work.remaining());
                if (mean) {
                    mean(call, count, part, out);
                }
            } finally {
                if (mean) {
                    part.close();
                }
            }
        }
    }

    private Memory copy(Memory in, Call call) {
        Memory copy = device.allocate(call.bytes());
        device.copy(copy, 0, in, 0, call.bytes());
        return copy;
    }

    private void mean(Call call, long count, Memory sum, Memory out) {
        TensorType type = TensorType.of(call.dtype(), count);
        try (Tensor total = Tensor.adopt(type, device, sum);
                Tensor mean = total.div(size)) {
            Memory result = mean.lease();
            try {
                device.copy(out, 0, result, 0, type.byteSize());
            } finally {
                mean.endLease();
            }
        }
    }

    @Override
    public void close() {
        header.close();
        headers.close();
    }
}
