package io.sardonyx.bench.contender;

import com.google.gson.Gson;
import io.sardonyx.bench.define.Problem;
import io.sardonyx.bench.device.ContenderProcess;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * PyTorch on the CPU, eagerly and in its inference mode, in a process of the {@code python3} that is found first: {@code pytorch.py}
 * computes and takes the time there. That process ends with this one.
 */
final class PyTorchLibrary implements Library {
    private static final int PATIENCE_SECONDS = 120; // its first import reads a gigabyte

    private final List<String> python;
    private ContenderProcess process;
    private ContenderProcess.Line greeting;

    PyTorchLibrary() {
        this(List.of("python3"));
    }

    /** @param python the command, with options */
    PyTorchLibrary(List<String> python) {
        this.python = List.copyOf(python);
    }

    @Override
    public Optional<String> absence() {
        return started().good()
                ? Optional.empty()
                : Optional.of(
                        "is not here (" + greeting.rest() + "); install it with `python3 -m pip install torch numpy`");
    }

    @Override
    public String version() {
        return started().rest();
    }

    private ContenderProcess.Line started() {
        if (greeting == null) {
            try (InputStream script = PyTorchLibrary.class.getResourceAsStream("pytorch.py")) {
                List<String> command = new ArrayList<>(python);
                command.addAll(List.of("-c", new String(script.readAllBytes(), StandardCharsets.UTF_8)));
                var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
                builder.environment().put("KMP_BLOCKTIME", "5"); // ms: its threads do not spin in the others' turns
                process = new ContenderProcess(builder.start(), PATIENCE_SECONDS);
                greeting = process.hear();
            } catch (IOException e) {
                greeting = new ContenderProcess.Line(false, e.getMessage());
            }
        }
        return greeting;
    }

    /** As {@code pytorch.py} reads them. */
    private record Load(String node, Map<String, Object> attributes, int threads, List<Input> inputs) {}

    private record Input(String dtype, long[] shape, String file) {}

    @Override
    public Call open(Problem problem, List<HostTensor> inputs, Setting setting) {
        setting.requireCpu();
        if (!started().good()) {
            throw new UnsupportedProblemException(greeting.rest());
        }
        try {
            List<Path> files = new ArrayList<>();
            try {
                List<Input> described = new ArrayList<>();
                for (HostTensor input : inputs) {
                    files.add(write(input));
                    described.add(new Input(
                            input.dtype().toString(),
                            input.shape().toArray(),
                            files.get(files.size() - 1).toString()));
                }
                ask("load "
                        + new Gson()
                                .toJson(new Load(
                                        problem.node().name(),
                                        problem.node().attributes(),
                                        setting.threads(),
                                        described)));
            } finally {
                for (Path file : files) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ProcessCall(problem.output());
    }

    private static Path write(HostTensor tensor) throws IOException {
        Path file = Files.createTempFile("sardonyx-bench-", ".bin");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = tensor.data();
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
        return file;
    }

    private String ask(String question) {
        ContenderProcess.Line line = process.ask(question);
        if (!line.good()) {
            throw new UnsupportedProblemException(line.rest());
        }
        return line.rest();
    }

    private final class ProcessCall implements Call {
        private final TensorType type;

        ProcessCall(TensorType type) {
            this.type = type;
        }

        @Override
        public void run() {
            time(1);
        }

        @Override
        public long time(int runs) {
            return Long.parseLong(ask("time " + runs));
        }

        @Override
        public HostTensor output() {
            try {
                Path file = Files.createTempFile("sardonyx-bench-", ".bin");
                try {
                    ask("output " + file);
                    return HostTensor.wrap(type, ByteBuffer.wrap(Files.readAllBytes(file)));
                } finally {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {} // the next problem takes its place
    }
}
