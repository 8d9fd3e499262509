package io.sardonyx.collective;

import io.sardonyx.collective.CollectiveException.Reason;
import io.sardonyx.device.Device;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorType;

/** Runs calls on a transport, each once all ranks have agreed on it: what Gloo or NCCL would do otherwise is hang, or worse. */
final class CallRunner implements AutoCloseable {
    private final int size;
    private final Transport transport;
    private final Device device;
    private final Agreement agreement;

    CallRunner(int size, Transport transport) {
        this.size = size;
        this.transport = transport;
        this.device = transport.device();
        agreement = new Agreement(
                device.allocate(CallHeader.BYTES), device.allocate((long) CallHeader.BYTES * size), CallHeader.BYTES);
    }

    void run(ProcessWork work, TensorLease tensors) {
        Call call = work.call();
        CallHeader header = new CallHeader(work.step(), call);
        agreement.mine().write(0, header.encode());
        if (call.isAllReduce() && call.count() > 0) {
            allReduce(work, tensors);
            return;
        }
        transport.allGather(agreement.mine(), agreement.all(), agreement.bytes(), work.remaining());
        require(agreement.isReached());
        if (call.count() == 0) {
            return; // a barrier, too: all ranks have come
        }
        Memory in = tensors.in();
        Memory out = tensors.out();
        switch (call.operation()) {
            case REDUCE_SCATTER -> reduceScatter(work, in, out);
            case ALL_GATHER -> transport.allGather(in, out, call.bytes(), work.remaining());
            case BROADCAST -> transport.broadcast(out, call.bytes(), call.root(), work.remaining());
            case ALL_REDUCE, ALL_REDUCE_RMS_NORM, BARRIER -> throw new IllegalStateException(call.describe());
        }
    }

    private void require(boolean agreed) {
        if (!agreed) {
            String who = CallHeader.describe(CallHeader.read(agreement.all(), size));
            throw new TransportException(Reason.MISMATCH, who, null);
        }
    }

    private void allReduce(ProcessWork work, TensorLease tensors) {
        Call call = work.call();
        boolean mean = call.reduction() == Reduction.MEAN;
        Memory out = mean ? device.allocate(call.bytes()) : tensors.out();
        try {
            Reduction reduction = mean ? Reduction.SUM : call.reduction();
            require(transport.allReduce(
                    agreement, tensors.in(), out, call.dtype(), call.count(), reduction, work.remaining()));
            if (mean) {
                mean(call, call.count(), out, tensors.out());
            }
            if (call.operation() == Call.Operation.ALL_REDUCE_RMS_NORM) {
                call.norm().apply(device, call, tensors);
            }
        } finally {
            if (mean) {
                out.close();
            }
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
        agreement.mine().close();
        agreement.all().close();
    }
}
