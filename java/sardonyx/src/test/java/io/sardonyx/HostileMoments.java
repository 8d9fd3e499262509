package io.sardonyx;

import static io.sardonyx.HostileCase.bytes;
import static io.sardonyx.HostileCase.fails;
import static io.sardonyx.HostileCase.passes;
import static io.sardonyx.HostileCase.require;
import static io.sardonyx.onnx.read.Onnx.body;
import static io.sardonyx.onnx.read.Onnx.node;
import static io.sardonyx.onnx.read.Onnx.unshaped;

import io.sardonyx.device.Devices;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.LeakReport;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** Good models at bad moments, and many runs: rows 16 and 17 of the reliability contract. */
final class HostileMoments {
    private HostileMoments() {}

    static List<HostileCase> cases() {
        return Stream.of(closed(), closing(), many()).flatMap(s -> s).toList();
    }

    /** {@code y = softmax(x x + x)}: a matrix product, something elementwise, a reduction. */
    private static Model model() {
        GraphProto.Builder graph = body(
                        node("MatMul", "x x", "square"), node("Add", "square x", "sum"), node("Softmax", "sum", "y"))
                .addInput(unshaped("x", DType.FLOAT32))
                .addOutput(unshaped("y", DType.FLOAT32));
        return Model.builder(bytes(graph)).threads(2).load();
    }

    private static Tensor input(long seed) {
        return Tensor.randn(DType.FLOAT32, seed, 33, 33);
    }

    private static float[] run(Model model, Tensor x) {
        try (Outputs outputs = model.run(Map.of("x", x))) {
            return outputs.get(0).toFloatArray();
        }
    }

    private static Stream<HostileCase> closed() {
        return Stream.of(
                fails(
                        "a closed tensor as an input",
                        IllegalStateException.class,
                        () -> {
                            Tensor x = input(1);
                            x.close();
                            try (Model model = model()) {
                                run(model, x);
                            }
                        },
                        "the tensor is closed"),
                fails(
                        "a closed tensor in an operation",
                        IllegalStateException.class,
                        () -> {
                            Tensor x = input(1);
                            x.close();
                            x.add(1);
                        },
                        "the tensor is closed"),
                fails(
                        "a closed model",
                        IllegalStateException.class,
                        () -> {
                            Model model = model();
                            model.close();
                            try (Tensor x = input(1)) {
                                run(model, x);
                            }
                        },
                        "the model is closed"),
                passes("closing twice", () -> {
                    Model model = model();
                    Tensor x = input(1);
                    Outputs outputs = model.run(Map.of("x", x));
                    for (int i = 0; i < 2; i++) {
                        outputs.close();
                        x.close();
                        model.close();
                    }
                }),
                passes("a tensor that is forgotten", () -> {
                    long live = Devices.best().liveBytes();
                    long leaked = LeakReport.leaked();
                    forget();
                    for (int i = 0; i < 100 && LeakReport.leaked() == leaked; i++) {
                        System.gc();
                        Thread.sleep(50);
                    }
                    require(LeakReport.leaked() == leaked + 1, "the leak is not reported");
                    require(Devices.best().liveBytes() == live, "the memory is not freed");
                }));
    }

    private static void forget() {
        require(input(1).shape().rank() == 2, "a tensor that nobody closes");
    }

    private static Stream<HostileCase> closing() {
        return Stream.of(
                passes("a model closed while it runs", () -> {
                    try (Tensor x = input(1)) {
                        for (int round = 0; round < 200; round++) {
                            Model model = model();
                            CountDownLatch running = new CountDownLatch(2);
                            inParallel(3, thread -> {
                                if (thread > 0) {
                                    runUntilClosed(model, x, running);
                                    return 0;
                                }
                                running.await();
                                model.close();
                                return 0;
                            });
                        }
                    }
                }),
                passes("a tensor closed by another thread during the run", () -> {
                    try (Model model = model();
                            Tensor same = input(1)) {
                        float[] expected = run(model, same);
                        for (int round = 0; round < 500; round++) {
                            Tensor x = input(1);
                            inParallel(2, thread -> {
                                if (thread == 0) {
                                    x.close();
                                    return 0;
                                }
                                try {
                                    require(Arrays.equals(expected, run(model, x)), "other bits");
                                } catch (IllegalStateException e) {
                                    require(e.getMessage().contains("closed"), e.getMessage());
                                }
                                return 0;
                            });
                        }
                    }
                }));
    }

    private static void runUntilClosed(Model model, Tensor x, CountDownLatch running) {
        try {
            while (true) {
                run(model, x);
                running.countDown();
            }
        } catch (IllegalStateException e) {
            require(e.getMessage().equals("the model is closed"), e.getMessage());
        }
    }

    private static Stream<HostileCase> many() {
        return Stream.of(
                passes("10,000 runs leave live bytes where they were after 100", () -> {
                            try (Model model = model();
                                    Tensor x = input(1)) {
                                long live = 0;
                                for (int i = 0; i < 10_000; i++) {
                                    run(model, x);
                                    live = i == 99 ? Devices.best().liveBytes() : live;
                                }
                                require(live == Devices.best().liveBytes(), "they grew");
                            }
                        })
                        .within(120),
                passes("many shapes leave no plan behind", () -> {
                    try (Model model = model()) {
                        for (int n = 1; n < 100; n++) {
                            try (TensorScope scope = TensorScope.open()) {
                                run(model, Tensor.zeros(DType.FLOAT32, n, n));
                            }
                        }
                    }
                }),
                passes("8 threads share a model and get the same bits", () -> {
                            try (Model model = model();
                                    Tensor x = input(1)) {
                                float[] expected = run(model, x);
                                inParallel(8, thread -> {
                                    for (int i = 0; i < 300; i++) {
                                        require(Arrays.equals(expected, run(model, x)), "other bits");
                                    }
                                    return 0;
                                });
                            }
                        })
                        .within(120));
    }

    private interface Work {
        int run(int thread) throws Exception;
    }

    private static void inParallel(int threads, Work work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                tasks.add(() -> work.run(thread));
            }
            for (Future<Integer> future : pool.invokeAll(tasks)) {
                future.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } finally {
            pool.shutdown();
        }
    }
}
