package io.sardonyx.onnx.read;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A model file without the bytes of its large weights: the same protobuf message, but that the tensors in {@code cuts} have no
 * {@code raw_data}, and where in the file these lie. So a model is read without its weights passing through the Java heap.
 *
 * @param model the message
 * @param cuts in the order of {@code graph.initializer}
 */
record ModelSkeleton(byte[] model, List<Cut> cuts) {
    /** @param initializer its place among the graph's initializers */
    record Cut(int initializer, long offset, int length) {}

    /** Bytes of a tensor that is worth a read of its own. */
    static final int LARGE = 1 << 12;

    /** Field numbers of onnx.proto. */
    private static final int MODEL_GRAPH = 7;

    private static final int GRAPH_INITIALIZER = 5;
    private static final int TENSOR_DIMS = 1;
    private static final int TENSOR_TYPE = 2;
    private static final int TENSOR_NAME = 8;
    private static final int TENSOR_RAW = 9;
    private static final int TENSOR_DOC = 12;

    /** How a field's bytes end, in the low three bits of its tag. */
    private static final int VARINT = 0;

    private static final int FIXED64 = 1;
    private static final int DELIMITED = 2;
    private static final int FIXED32 = 5;

    /**
     * Empty if there is nothing to leave out, or if the file is not as writers of ONNX make it: then it is for the whole file's
     * reader to say what is wrong.
     */
    static Optional<ModelSkeleton> of(FileChannel file) {
        try {
            return new Cutter(file).cut();
        } catch (IOException | Malformed e) {
            return Optional.empty();
        }
    }

    private static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;
    }

    /** A field: its number, and where its tag, its payload and the next field begin. */
    private record Field(int number, int kind, long tag, long start, long end) {}

    private static final class Cutter {
        private final FileWindow in;
        private final long size;
        private final List<Cut> cuts = new ArrayList<>();
        private final ByteArrayOutputStream graph = new ByteArrayOutputStream();
        private int initializers;

        Cutter(FileChannel file) throws IOException {
            in = new FileWindow(file);
            size = file.size();
        }

        Optional<ModelSkeleton> cut() throws IOException, Malformed {
            Field graphField = null;
            in.moveTo(0);
            while (in.position() < size) {
                Field field = field(size);
                if (field.number == MODEL_GRAPH) {
                    if (graphField != null || field.kind != DELIMITED) {
                        throw new Malformed();
                    }
                    graphField = field;
                }
                in.moveTo(field.end);
            }
            if (graphField == null) {
                return Optional.empty();
            }
            cutGraph(graphField);
            if (cuts.isEmpty()) {
                return Optional.empty();
            }
            var model = new ByteArrayOutputStream();
            in.copy(0, graphField.tag, model);
            writeHeader(MODEL_GRAPH, graph.size(), model);
            graph.writeTo(model);
            in.copy(graphField.end, size, model);
            return Optional.of(new ModelSkeleton(model.toByteArray(), List.copyOf(cuts)));
        }

        private void cutGraph(Field whole) throws IOException, Malformed {
            long copied = whole.start;
            in.moveTo(whole.start);
            while (in.position() < whole.end) {
                Field field = field(whole.end);
                if (field.number == GRAPH_INITIALIZER) {
                    if (field.kind != DELIMITED) {
                        throw new Malformed();
                    }
                    Optional<Field> raw = largeData(field);
                    if (raw.isPresent()) {
                        Field data = raw.get();
                        cuts.add(new Cut(initializers, data.start, (int) (data.end - data.start)));
                        in.copy(copied, field.tag, graph);
                        writeHeader(GRAPH_INITIALIZER, field.end - field.start - (data.end - data.tag), graph);
                        in.copy(field.start, data.tag, graph);
                        in.copy(data.end, field.end, graph);
                        copied = field.end;
                    }
                    initializers++;
                }
                in.moveTo(field.end);
            }
            in.copy(copied, whole.end, graph);
        }

        /** The raw data of a tensor that has many, and nothing that is unusual beside them. */
        private Optional<Field> largeData(Field tensor) throws IOException, Malformed {
            if (tensor.end - tensor.start < LARGE) {
                return Optional.empty();
            }
            Field raw = null;
            in.moveTo(tensor.start);
            while (in.position() < tensor.end) {
                Field field = field(tensor.end);
                switch (field.number) {
                    case TENSOR_DIMS, TENSOR_TYPE, TENSOR_NAME, TENSOR_DOC -> {}
                    case TENSOR_RAW -> {
                        if (raw != null || field.kind != DELIMITED || field.end - field.start < LARGE) {
                            return Optional.empty();
                        }
                        raw = field;
                    }
                    default -> {
                        return Optional.empty();
                    }
                }
                in.moveTo(field.end);
            }
            return Optional.ofNullable(raw);
        }

        /** The field at the position, which ends at {@code limit} at the latest. */
        private Field field(long limit) throws IOException, Malformed {
            long tag = in.position();
            long key = in.varint();
            int kind = (int) (key & 7);
            long length =
                    switch (kind) {
                        case VARINT -> {
                            long start = in.position();
                            in.varint();
                            yield startOver(start);
                        }
                        case FIXED64 -> Long.BYTES;
                        case DELIMITED -> in.varint();
                        case FIXED32 -> Integer.BYTES;
                        default -> throw new Malformed();
                    };
            long start = in.position();
            if (length < 0 || length > limit - start || key >>> 3 > Integer.MAX_VALUE) {
                throw new Malformed();
            }
            return new Field((int) (key >>> 3), kind, tag, start, start + length);
        }

        /** Moves back to where a number starts; its length. */
        private long startOver(long start) {
            long length = in.position() - start;
            in.moveTo(start);
            return length;
        }

        private static void writeHeader(int number, long length, ByteArrayOutputStream to) {
            to.write(number << 3 | DELIMITED);
            long rest = length;
            for (; rest > 0x7f; rest >>>= 7) {
                to.write((int) (rest & 0x7f | 0x80));
            }
            to.write((int) rest);
        }
    }
}
