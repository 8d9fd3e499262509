package io.sardonyx.collective;

import io.sardonyx.device.Device;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Ranks whose tensors all lie in the host's memory: whoever comes last does it for all of them, by one kernel or, without one, in Java. */
record HostExchange(Device device, int ranks) implements Exchange {
    @Override
    public void begin(Call call, List<Tensor> in, List<Tensor> out, Duration left) {
        switch (call.operation()) {
            case ALL_REDUCE, REDUCE_SCATTER -> reduce(call, in, out);
            case ALL_GATHER -> gather(in, out);
            case BROADCAST -> broadcast(in.get(call.root()), out);
            case BARRIER -> {}
        }
    }

    private void reduce(Call call, List<Tensor> in, List<Tensor> out) {
        String operation = call.operation() == Call.Operation.ALL_REDUCE ? "all_reduce" : "reduce_scatter";
        Launch launch = Launch.of(operation, call.dtype());
        for (int r = 0; r < ranks; r++) {
            launch.input(r);
        }
        for (int r = 0; r < ranks; r++) {
            launch.output(r);
        }
        launch.params(ranks, call.reduction().ordinal());
        Memory[] sources = in.stream().map(Tensor::lease).toArray(Memory[]::new);
        Memory[] results = out.stream().map(Tensor::lease).toArray(Memory[]::new);
        try {
            if (device.has(launch.kernel())) {
                device.launch(launch, types(in), sources, types(out), results);
            } else {
                inJava(call, in, sources, out, results);
            }
        } finally {
            in.forEach(Tensor::endLease);
            out.forEach(Tensor::endLease);
        }
    }

    private void inJava(Call call, List<Tensor> in, Memory[] sources, List<Tensor> out, Memory[] results) {
        List<HostTensor> values = new ArrayList<>();
        for (int r = 0; r < ranks; r++) {
            values.add(HostTensor.view(in.get(r).type(), sources[r], 0));
        }
        HostTensor all = ReferenceReduction.of(values, call.reduction());
        for (int r = 0; r < ranks; r++) {
            HostTensor result = HostTensor.view(out.get(r).type(), results[r], 0);
            int first = call.operation() == Call.Operation.REDUCE_SCATTER ? r * result.size() : 0;
            result.copy(0, all, first, result.size());
        }
    }

    private void gather(List<Tensor> in, List<Tensor> out) {
        for (int r = 0; r < ranks; r++) {
            for (Tensor to : out) {
                copy(in.get(r), to, r * in.get(r).type().byteSize());
            }
        }
    }

    private void broadcast(Tensor root, List<Tensor> out) {
        for (Tensor to : out) {
            if (to != root) {
                copy(root, to, 0);
            }
        }
    }

    private void copy(Tensor from, Tensor to, long offset) {
        Memory source = from.lease();
        try {
            Memory target = to.lease();
            try {
                device.copy(target, offset, source, 0, from.type().byteSize());
            } finally {
                to.endLease();
            }
        } finally {
            from.endLease();
        }
    }

    private static List<TensorType> types(List<Tensor> tensors) {
        return tensors.stream().map(Tensor::type).toList();
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
