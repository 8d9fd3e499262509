package io.sardonyx.bench.contender;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** ONNX Runtime on the CPU with all its optimisations; its threads spin inside a run, as they do by default. */
final class OnnxRuntimeLibrary implements ModelLibrary {
    @Override
    public Optional<String> absence() {
        try {
            version();
            return Optional.empty();
        } catch (LinkageError e) {
            return Optional.of("is not on the class path or does not load (" + e.getMessage()
                    + "); add com.microsoft.onnxruntime:onnxruntime");
        }
    }

    @Override
    public String version() {
        return environment().getVersion();
    }

    private static OrtEnvironment environment() {
        return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    }

    @Override
    public Call open(Path model, Map<String, HostTensor> inputs, Setting setting) {
        return open(options -> environment().createSession(model.toString(), options), inputs, setting);
    }

    @Override
    public Call open(byte[] model, Map<String, HostTensor> inputs, Setting setting) {
        return open(options -> environment().createSession(model, options), inputs, setting);
    }

    private interface Loading {
        OrtSession with(OrtSession.SessionOptions options) throws OrtException;
    }

    private static Call open(Loading loading, Map<String, HostTensor> inputs, Setting setting) {
        setting.requireCpu();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(setting.threads());
            options.setInterOpNumThreads(1);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            return new SessionCall(loading.with(options), inputs);
        } catch (OrtException e) {
            throw new UnsupportedProblemException(
                    e.getMessage().lines().findFirst().orElse("" + e.getCode()), e);
        }
    }

    private static final class SessionCall implements Call {
        private final OrtSession session;
        private final Map<String, OnnxTensorLike> inputs = new LinkedHashMap<>();
        private OrtSession.Result result;

        SessionCall(OrtSession session, Map<String, HostTensor> values) throws OrtException {
            this.session = session;
            for (Map.Entry<String, HostTensor> value : values.entrySet()) {
                inputs.put(value.getKey(), tensor(value.getValue()));
            }
        }

        private static OnnxTensor tensor(HostTensor value) throws OrtException {
            ByteBuffer data =
                    ByteBuffer.allocateDirect((int) value.type().byteSize()).order(ByteOrder.nativeOrder());
            data.put(value.data()).flip();
            return OnnxTensor.createTensor(environment(), data, value.shape().toArray(), type(value.dtype()));
        }

        private static OnnxJavaType type(DType dtype) {
            return switch (dtype) {
                case FLOAT32 -> OnnxJavaType.FLOAT;
                case FLOAT64 -> OnnxJavaType.DOUBLE;
                case FLOAT16 -> OnnxJavaType.FLOAT16;
                case BFLOAT16 -> OnnxJavaType.BFLOAT16;
                case INT8 -> OnnxJavaType.INT8;
                case UINT8 -> OnnxJavaType.UINT8;
                case INT16 -> OnnxJavaType.INT16;
                case INT32 -> OnnxJavaType.INT32;
                case INT64 -> OnnxJavaType.INT64;
                case BOOL -> OnnxJavaType.BOOL;
                default -> throw new UnsupportedProblemException("takes no " + dtype + " from Java");
            };
        }

        @Override
        public void run() {
            drop();
            try {
                result = session.run(inputs);
            } catch (OrtException e) {
                throw new UnsupportedProblemException(e.getMessage(), e);
            }
        }

        @Override
        public HostTensor output() {
            return host((OnnxTensor) result.get(0));
        }

        @Override
        public List<HostTensor> outputs() {
            List<HostTensor> outputs = new ArrayList<>();
            for (Map.Entry<String, OnnxValue> output : result) {
                if (output.getValue() instanceof OnnxTensor tensor && tensor.getInfo().type != OnnxJavaType.STRING) {
                    outputs.add(host(tensor));
                }
            }
            return outputs;
        }

        private static HostTensor host(OnnxTensor tensor) {
            TensorInfo info = tensor.getInfo();
            TensorType type = new TensorType(dtype(info.type), Shape.of(info.getShape()));
            return HostTensor.wrap(type, tensor.getByteBuffer()).copy();
        }

        private static DType dtype(OnnxJavaType type) {
            return switch (type) {
                case FLOAT -> DType.FLOAT32;
                case DOUBLE -> DType.FLOAT64;
                case STRING, UNKNOWN -> throw new UnsupportedProblemException("gives " + type + ", which is no number");
                default -> DType.ofName(type.name());
            };
        }

        private void drop() {
            if (result != null) {
                result.close();
            }
        }

        @Override
        public void close() {
            drop();
            inputs.values().forEach(OnnxTensorLike::close);
            try {
                session.close();
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
