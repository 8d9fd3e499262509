package io.sardonyx.onnx.read;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sardonyx.onnx.ModelFormatException;
import io.sardonyx.onnx.UnsupportedModelException;
import io.sardonyx.onnx.graph.DeclaredType;
import io.sardonyx.onnx.proto.MapProto;
import io.sardonyx.onnx.proto.SequenceProto;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.HostValue.HostOptional;
import io.sardonyx.tensor.HostValue.HostSequence;
import io.sardonyx.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorFilesTest {
    private static final DeclaredType TENSOR = DeclaredType.UNKNOWN;
    private static final DeclaredType SEQUENCE = new DeclaredType.OfSequence(TENSOR);
    private static final DeclaredType OPTIONAL = new DeclaredType.OfOptional(TENSOR);

    @TempDir
    Path folder;

    private HostValue roundTrip(HostValue value, DeclaredType type) throws IOException {
        Path file = folder.resolve("v.pb");
        TensorFiles.write(file, "v", value);
        TensorFiles.Named read = TensorFiles.read(file, type);
        assertEquals("v", read.name());
        return read.value();
    }

    @ParameterizedTest
    @EnumSource
    void tensors(DType dtype) throws IOException {
        HostTensor tensor = dtype == DType.STRING
                ? HostTensor.of(Shape.of(3), "a", "", "ß")
                : HostTensor.of(dtype, Shape.of(3), 1, 0, 1);
        HostTensor again = (HostTensor) roundTrip(tensor, TENSOR);
        assertEquals(tensor.type(), again.type());
        for (int i = 0; i < 3; i++) {
            if (dtype == DType.STRING) {
                assertEquals(tensor.getString(i), again.getString(i));
            } else {
                assertEquals(tensor.getDouble(i), again.getDouble(i));
            }
        }
    }

    @Test
    void sequencesAndOptionals() throws IOException {
        HostTensor one = HostTensor.of(Shape.of(2), 1f, 2f);
        HostTensor two = HostTensor.of(Shape.of(1), 3L);
        var sequence = (HostSequence) roundTrip(new HostSequence(List.of(one, two)), SEQUENCE);
        assertArrayEquals(new double[] {1, 2}, ((HostTensor) sequence.items().get(0)).toDoubles());
        assertEquals(two.type(), ((HostTensor) sequence.items().get(1)).type());
        assertEquals(List.of(), ((HostSequence) roundTrip(new HostSequence(List.of()), SEQUENCE)).items());
        var full = (HostOptional) roundTrip(new HostOptional(Optional.of(new HostSequence(List.of(one)))), OPTIONAL);
        assertEquals(1, ((HostSequence) full.value().orElseThrow()).items().size());
        var empty = (HostOptional) roundTrip(new HostOptional(Optional.empty()), OPTIONAL);
        assertEquals(Optional.empty(), empty.value());
        var nested = new HostSequence(List.of(new HostSequence(List.of(one)), new HostSequence(List.of())));
        assertEquals(2, ((HostSequence) roundTrip(nested, SEQUENCE)).items().size());
    }

    @Test
    void whatIsNoValue() throws IOException {
        Path file = folder.resolve("v.pb");
        Files.write(file, new byte[] {8, 2, 16});
        assertThrows(ModelFormatException.class, () -> TensorFiles.readTensor(file));
        Files.write(
                file,
                SequenceProto.newBuilder()
                        .setElemType(4)
                        .addMapValues(MapProto.newBuilder())
                        .build()
                        .toByteArray());
        assertThrows(UnsupportedModelException.class, () -> TensorFiles.read(file, SEQUENCE));
    }
}
