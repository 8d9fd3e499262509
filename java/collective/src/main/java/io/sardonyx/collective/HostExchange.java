package io.sardonyx.collective;

import io.sardonyx.device.Device;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.HostTensor;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/** Ranks whose tensors all lie in the host's memory: whoever comes last does it for all of them, by one kernel or, without one, in Java. */
record HostExchange(Device device, int ranks) implements Exchange {
    @Override
    public void begin(Call call, List<TensorLease> tensors, Duration left) {
        switch (call.operation()) {
            case ALL_REDUCE, REDUCE_SCATTER -> reduce(call, tensors);
            case ALL_REDUCE_RMS_NORM -> {
                reduce(call.sum(), tensors);
                tensors.forEach(rank -> call.norm().apply(device, call, rank));
            }
            case ALL_GATHER -> gather(tensors);
            case BROADCAST -> broadcast(tensors.get(call.root()), tensors);
            case BARRIER -> {}
        }
    }

    private void reduce(Call call, List<TensorLease> tensors) {
        String operation = call.operation() == Call.Operation.ALL_REDUCE ? "all_reduce" : "reduce_scatter";
        Launch launch = Launch.of(operation, call.dtype());
        for (int r = 0; r < ranks; r++) {
            launch.input(r);
        }
        for (int r = 0; r < ranks; r++) {
            launch.output(r);
        }
        launch.params(ranks, call.reduction().ordinal());
        if (!device.has(launch.kernel())) {
            inJava(call, tensors);
            return;
        }
        device.launch(
                launch,
                tensors.stream().map(TensorLease::inType).toList(),
                tensors.stream().map(TensorLease::in).toArray(Memory[]::new),
                tensors.stream().map(TensorLease::outType).toList(),
                tensors.stream().map(TensorLease::out).toArray(Memory[]::new));
    }

    private void inJava(Call call, List<TensorLease> tensors) {
        List<HostTensor> values = tensors.stream()
                .map(t -> HostTensor.view(t.inType(), t.in(), 0))
                .toList();
        HostTensor all = ReferenceReduction.of(values, call.reduction());
        for (int r = 0; r < ranks; r++) {
            TensorLease rank = tensors.get(r);
            HostTensor result = HostTensor.view(rank.outType(), rank.out(), 0);
            int first = call.operation() == Call.Operation.REDUCE_SCATTER ? r * result.size() : 0;
            result.copy(0, all, first, result.size());
        }
    }

    private void gather(List<TensorLease> tensors) {
        for (int r = 0; r < ranks; r++) {
            long bytes = tensors.get(r).inType().byteSize();
            for (TensorLease to : tensors) {
                device.copy(to.out(), r * bytes, tensors.get(r).in(), 0, bytes);
            }
        }
    }

    private void broadcast(TensorLease root, List<TensorLease> tensors) {
        for (TensorLease to : tensors) {
            if (to != root) {
                device.copy(to.out(), 0, root.in(), 0, root.inType().byteSize());
            }
        }
    }

    @Override
    public OptionalInt finish(int rank) {
        return OptionalInt.empty();
    }

    @Override
    public void settle() {}

    @Override
    public void close() {}
}
