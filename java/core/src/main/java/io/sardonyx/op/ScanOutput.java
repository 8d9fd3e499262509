package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** One scan output of a Loop or Scan: the tensors that the iterations gave, in order, all of one type. */
final class ScanOutput {
    private final String what;
    private final List<HostTensor> items = new ArrayList<>();
    private long bytes;

    /** @param what the operator and the output, for messages */
    ScanOutput(String what) {
        this.what = what;
    }

    void add(HostValue value) {
        if (!(value instanceof HostTensor tensor)) {
            throw new IllegalArgumentException(what + ": expected a tensor, given " + value);
        }
        if (!items.isEmpty() && !items.get(0).type().equals(tensor.type())) {
            throw new IllegalArgumentException(
                    what + ": iteration " + items.size() + " gave " + tensor + ", the first one gave " + items.get(0));
        }
        bytes += tensor.type().byteSize();
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    what + ": takes 2 GiB after " + (items.size() + 1) + " iterations of " + tensor);
        }
        items.add(tensor);
    }

    /** The last item becomes the first. */
    void reverse() {
        Collections.reverse(items);
    }

    /** @param declared the type of an item, for the case that there is none */
    HostTensor stack(long axis, Optional<TensorType> declared) {
        if (!items.isEmpty()) {
            return TensorLists.stack(what, items, axis);
        }
        TensorType item = declared.orElse(TensorType.of(DType.FLOAT32));
        return HostTensor.allocate(item.with(TensorLists.insertAxis(item.shape(), axis, 0)));
    }
}
