package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * What an operator launches once BF16x6 is the default, with the scratch memory that it counts.
 *
 * @param kernel that does it
 */
record ByBf16x6(TensorOperator of, String kernel) implements TensorOperator {
    @Override
    public List<TensorType> infer(InputTypes in) {
        return of.infer(in);
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        of.reference(in, out);
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        System.setProperty(Bf16x6.PROPERTY, "1");
        try {
            Optional<Launch> launch = of.launch(in, out);
            while (!launch.orElseThrow().kernel().equals(kernel)) {
                launch = launch.get().otherwise();
            }
            if (launch.get().strict().orElseThrow().kernel().equals(kernel)) {
                throw new AssertionError(kernel + " also if strict");
            }
            return launch;
        } finally {
            System.clearProperty(Bf16x6.PROPERTY);
        }
    }
}
