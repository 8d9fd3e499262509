package io.sardonyx.testkit;

import io.sardonyx.device.Device;
import io.sardonyx.device.DeviceException;
import io.sardonyx.device.Launch;
import io.sardonyx.op.DynamicOperator;
import io.sardonyx.op.Evaluation;
import io.sardonyx.op.InputTypes;
import io.sardonyx.op.Inputs;
import io.sardonyx.op.Subgraph;
import io.sardonyx.op.TensorOperator;
import io.sardonyx.op.Values;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.HostValue.HostOptional;
import io.sardonyx.tensor.HostValue.HostSequence;
import io.sardonyx.tensor.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * The contract of every operator on every device. A subclass lists {@link #cases}; each is run by the reference, against what is
 * expected, and by every device that has a kernel for it, against the reference: with poisoned outputs, guard bands, inputs that
 * must not change, and in place where the launch allows it. {@link TestDevices} says which devices; {@link OperatorTests} runs all
 * such tests from a program.
 */
@Tag("simulator") // run again by the simulated GPU that looks at every access
public abstract class OperatorTest {
    private final Map<String, Count> counts = new TreeMap<>();

    protected abstract Stream<Case> cases();

    /**
     * Types of 16 bits for kernels that differ in nothing else: one of them is enough for the simulated GPU that looks at every access,
     * which takes ten times as long.
     */
    protected static List<DType> halves() {
        boolean checked = "checked".equals(System.getProperty("sardonyx.sim"));
        return checked ? List.of(DType.BFLOAT16) : List.of(DType.FLOAT16, DType.BFLOAT16);
    }

    private static final class Count {
        private final AtomicInteger kernel = new AtomicInteger();
        private final AtomicInteger none = new AtomicInteger();
    }

    @TestFactory
    Stream<DynamicTest> onEveryDevice() {
        return TestDevices.all().stream().flatMap(device -> {
            Count count = counts.computeIfAbsent(device.name(), name -> new Count());
            return cases().map(c -> DynamicTest.dynamicTest(
                    device.name() + ": " + c.name(),
                    () -> (run(c, device) ? count.kernel : count.none).incrementAndGet()));
        });
    }

    /** A line for the file that {@code sardonyx.test.coverage} names: how many cases each device ran by a kernel of its own. */
    @AfterEach
    void report() throws IOException {
        String file = System.getProperty("sardonyx.test.coverage");
        if (file != null && !counts.isEmpty()) {
            StringBuilder line = new StringBuilder(getClass().getSimpleName());
            counts.forEach((device, count) -> line.append("  ")
                    .append(device)
                    .append(": ")
                    .append(count.kernel)
                    .append(" by kernels, ")
                    .append(count.none)
                    .append(" without"));
            Files.writeString(Path.of(file), line.append('\n'), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    /** Whether the device has a kernel for the case; fails if the reference or the kernel does not do as it should. */
    static boolean run(Case c, Device device) {
        if (c.rejection().isPresent()) {
            return requireRejection(c, device);
        } else if (c.operator() instanceof TensorOperator operator) {
            try {
                return runTensors(c, operator, device);
            } catch (DeviceException e) {
                if (e.code() == DeviceException.Code.UNSUPPORTED) {
                    return false; // a kernel for GPUs of another architecture
                }
                throw e;
            }
        }
        List<? extends HostValue> actual =
                ((DynamicOperator) c.operator()).evaluate(Values.of(c.inputs()), new NoSubgraphs(c.outputs()));
        for (int i = 0; i < c.expected().size(); i++) {
            compare(c, actual.get(i), c.expected().get(i));
        }
        return false;
    }

    private static boolean requireRejection(Case c, Device device) {
        boolean kernel = false;
        try {
            if (c.operator() instanceof TensorOperator operator) {
                Optional<Launch> launch = launch(c, operator, device);
                if (launch.isPresent()) {
                    kernel = true;
                    launchGuarded(c, operator, device, launch.get(), (byte) 0, false);
                } else {
                    reference(c, operator);
                }
            } else {
                ((DynamicOperator) c.operator()).evaluate(Values.of(c.inputs()), new NoSubgraphs(c.outputs()));
            }
        } catch (IllegalArgumentException | DeviceException e) {
            if (!e.getMessage().contains(c.rejection().get())) {
                throw new AssertionError(
                        "expected a message with '" + c.rejection().get() + "', given: " + e.getMessage(), e);
            }
            return kernel;
        }
        throw new AssertionError(
                "accepted, though it must be refused with '" + c.rejection().get() + "'");
    }

    private static boolean runTensors(Case c, TensorOperator operator, Device device) {
        List<HostTensor> reference = reference(c, operator);
        for (int i = 0; i < c.expected().size(); i++) {
            compare(c, reference.get(i), c.expected().get(i));
        }
        Optional<Launch> launch = launch(c, operator, device);
        if (launch.isEmpty()) {
            return false;
        }
        PackedWeights.check(operator, device, launch.get(), inputs(c));
        List<HostTensor> first = launchGuarded(c, operator, device, launch.get(), (byte) 0xff, false);
        for (int i = 0; i < reference.size(); i++) {
            compare(c, first.get(i), reference.get(i));
        }
        for (byte poison : new byte[] {0x3c, 0}) { // on a simulated GPU each launch takes another schedule, too
            List<HostTensor> again = launchGuarded(c, operator, device, launch.get(), poison, false);
            for (int i = 0; i < reference.size(); i++) {
                require(
                        first.get(i).data().equals(again.get(i).data()),
                        "output " + i + " depends on what was in its memory, or on the order of threads");
            }
        }
        int shared = launch.get().inPlace();
        if (shared >= 0
                && inputs(c).get(shared).type().byteSize()
                        == reference.get(0).type().byteSize()) {
            HostTensor inPlace = launchGuarded(c, operator, device, launch.get(), (byte) 0, true)
                    .get(0);
            require(first.get(0).data().equals(inPlace.data()), "the result in place is another one");
        }
        return true;
    }

    private static List<HostTensor> reference(Case c, TensorOperator operator) {
        Inputs in = Inputs.of(inputs(c).toArray(HostTensor[]::new));
        List<byte[]> before = inputs(c).stream().map(OperatorTest::bytes).toList();
        List<HostTensor> out = new ArrayList<>();
        for (TensorType type : operator.infer(types(c))) {
            HostTensor t = HostTensor.allocate(type);
            if (type.dtype() != DType.STRING) {
                byte[] poison = new byte[(int) type.byteSize()];
                java.util.Arrays.fill(poison, (byte) 0xff);
                t.data().put(poison);
            }
            out.add(t);
        }
        require(out.size() == c.outputs(), "infer gives " + out.size() + " outputs, the node has " + c.outputs());
        operator.reference(in, out);
        for (int i = 0; i < before.size(); i++) {
            require(java.util.Arrays.equals(before.get(i), bytes(inputs(c).get(i))), "input " + i + " was changed");
        }
        return out;
    }

    private static Optional<Launch> launch(Case c, TensorOperator operator, Device device) {
        InputTypes types = types(c);
        return operator.launch(types, operator.infer(types)).flatMap(device::choose);
    }

    private static List<HostTensor> launchGuarded(
            Case c, TensorOperator operator, Device device, Launch launch, byte poison, boolean inPlace) {
        List<HostTensor> inputs = inputs(c);
        List<TensorType> outputTypes = operator.infer(types(c));
        GuardedMemory[] in = new GuardedMemory[inputs.size()];
        GuardedMemory[] out = new GuardedMemory[outputTypes.size()];
        try {
            for (int i = 0; i < in.length; i++) {
                if (inputs.get(i) != null) {
                    in[i] = new GuardedMemory(device, inputs.get(i).type().byteSize(), (byte) 0);
                    inputs.get(i).write(in[i], 0);
                }
            }
            for (int i = 0; i < out.length; i++) {
                out[i] = i == 0 && inPlace
                        ? in[launch.inPlace()]
                        : new GuardedMemory(device, outputTypes.get(i).byteSize(), poison);
            }
            List<TensorType> inputTypes = new ArrayList<>();
            inputs.forEach(t -> inputTypes.add(t == null ? null : t.type()));
            device.launch(launch, inputTypes, in, outputTypes, out);
            List<HostTensor> results = new ArrayList<>();
            for (int i = 0; i < out.length; i++) {
                out[i].requireGuards("output " + i);
                results.add(HostTensor.read(outputTypes.get(i), out[i], 0));
            }
            for (int i = 0; i < in.length; i++) {
                if (in[i] != null && !(inPlace && i == launch.inPlace())) {
                    in[i].requireGuards("input " + i);
                    HostTensor after = HostTensor.read(inputs.get(i).type(), in[i], 0);
                    require(after.data().equals(inputs.get(i).data()), "input " + i + " was changed");
                }
            }
            return results;
        } finally {
            Stream.concat(Stream.of(in), Stream.of(out)).filter(m -> m != null).forEach(GuardedMemory::close);
        }
    }

    private static InputTypes types(Case c) {
        List<HostTensor> inputs = inputs(c);
        List<TensorType> types = new ArrayList<>();
        inputs.forEach(t -> types.add(t == null ? null : t.type()));
        return InputTypes.of(types, c.outputs(), inputs::get, c::isConstant);
    }

    private static List<HostTensor> inputs(Case c) {
        List<HostTensor> tensors = new ArrayList<>();
        c.inputs().forEach(v -> tensors.add((HostTensor) v));
        return tensors;
    }

    private static byte[] bytes(HostTensor t) {
        if (t == null || t.dtype() == DType.STRING) {
            return new byte[0];
        }
        byte[] bytes = new byte[(int) t.type().byteSize()];
        t.data().get(bytes);
        return bytes;
    }

    private static void compare(Case c, HostValue actual, HostValue expected) {
        if (expected instanceof HostTensor tensor && actual instanceof HostTensor given) {
            Verify.that(given).matches(tensor).within(c.tolerance().orElse(Tolerance.standard(tensor.dtype())));
        } else if (expected instanceof HostSequence sequence && actual instanceof HostSequence given) {
            require(given.items().size() == sequence.items().size(), "sequences differ in length");
            for (int i = 0; i < given.items().size(); i++) {
                compare(c, given.items().get(i), sequence.items().get(i));
            }
        } else if (expected instanceof HostOptional optional && actual instanceof HostOptional given) {
            require(given.value().isPresent() == optional.value().isPresent(), "one optional is empty");
            optional.value().ifPresent(value -> compare(c, given.value().get(), value));
        } else {
            throw new AssertionError("expected " + expected + ", given " + actual);
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }

    private record NoSubgraphs(int outputs) implements Evaluation {
        @Override
        public List<HostValue> run(Subgraph body, List<? extends HostValue> inputs) {
            if (body instanceof JavaSubgraph java) {
                return java.apply(inputs);
            }
            throw new IllegalStateException("a case's subgraph is a JavaSubgraph");
        }

        @Override
        public void checkpoint() {}
    }
}
