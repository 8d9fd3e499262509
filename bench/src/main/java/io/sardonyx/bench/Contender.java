package io.sardonyx.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Something that runs a model. */
interface Contender extends AutoCloseable {
    /** One run, outputs dropped. */
    void run() throws Exception;

    /** One run; the first output as float32. */
    float[] firstOutput() throws Exception;

    @Override
    void close() throws Exception;

    static Contender open(String name, Path file, int threads, Map<String, HostTensor> inputs) throws Exception {
        return switch (name) {
            case "sardonyx" -> new Sardonyx(file, threads, inputs);
            case "onnxruntime" -> new OnnxRuntime(file, threads, inputs);
            default -> throw new IllegalArgumentException("there is no contender '" + name + "'");
        };
    }

    /** Ourselves. */
    final class Sardonyx implements Contender {
        private final Model model;
        private final Map<String, Tensor> inputs = new LinkedHashMap<>();

        Sardonyx(Path file, int threads, Map<String, HostTensor> values) {
            model = Model.builder(file).threads(threads).load();
            values.forEach((name, value) ->
                    inputs.put(name, Tensor.of(value, model.device().device())));
        }

        @Override
        public void run() {
            model.run(inputs).close();
        }

        @Override
        public float[] firstOutput() {
            try (Outputs outputs = model.run(inputs)) {
                return outputs.get(0).toFloatArray();
            }
        }

        @Override
        public void close() {
            inputs.values().forEach(Tensor::close);
            model.close();
        }
    }

    /** ONNX Runtime with all its optimisations; its threads spin inside a run as they do by default. */
    final class OnnxRuntime implements Contender {
        private final OrtEnvironment environment =
                OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
        private final OrtSession session;
        private final Map<String, OnnxTensorLike> inputs = new LinkedHashMap<>();

        OnnxRuntime(Path file, int threads, Map<String, HostTensor> values) throws OrtException {
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                options.setIntraOpNumThreads(threads);
                options.setInterOpNumThreads(1);
                options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
                session = environment.createSession(file.toString(), options);
            }
            for (Map.Entry<String, HostTensor> value : values.entrySet()) {
                inputs.put(value.getKey(), tensor(value.getValue()));
            }
        }

        private OnnxTensor tensor(HostTensor value) throws OrtException {
            ByteBuffer data =
                    ByteBuffer.allocateDirect((int) value.type().byteSize()).order(ByteOrder.nativeOrder());
            data.put(value.data()).flip();
            long[] shape = value.shape().toArray();
            return switch (value.dtype()) {
                case FLOAT32 -> OnnxTensor.createTensor(environment, data.asFloatBuffer(), shape);
                case INT32 -> OnnxTensor.createTensor(environment, data.asIntBuffer(), shape);
                case INT64 -> OnnxTensor.createTensor(environment, data.asLongBuffer(), shape);
                case FLOAT16 -> OnnxTensor.createTensor(environment, data, shape, ai.onnxruntime.OnnxJavaType.FLOAT16);
                default -> throw new IllegalArgumentException("no input of type " + value.type());
            };
        }

        @Override
        public void run() throws OrtException {
            session.run(inputs).close();
        }

        @Override
        public float[] firstOutput() throws OrtException {
            try (OrtSession.Result result = session.run(inputs)) {
                var buffer = ((OnnxTensor) result.get(0)).getFloatBuffer(); // float16 is widened
                float[] values = new float[buffer.remaining()];
                buffer.get(values);
                return values;
            }
        }

        @Override
        public void close() throws OrtException {
            inputs.values().forEach(OnnxTensorLike::close);
            session.close();
        }
    }
}
