package io.sardonyx.tensor;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * NumPy's files: one array ({@code .npy}) or several in a zip archive ({@code .npz}). Knows bool, all integers of 8 to 64 bits,
 * float16, float32, float64 and complex, little-endian, in C or Fortran order.
 *
 * <p>Source: NumPy, "NPY format", versions 1.0 to 3.0.
 */
public final class Npy {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int ALIGNMENT = 64;
    private static final int LARGEST_HEADER = 1 << 20;
    private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
    private static final Pattern FORTRAN = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([^)]*)\\)");

    private static final Map<DType, String> NAMES = Map.ofEntries(
            Map.entry(DType.BOOL, "|b1"),
            Map.entry(DType.INT8, "|i1"),
            Map.entry(DType.UINT8, "|u1"),
            Map.entry(DType.INT16, "<i2"),
            Map.entry(DType.UINT16, "<u2"),
            Map.entry(DType.INT32, "<i4"),
            Map.entry(DType.UINT32, "<u4"),
            Map.entry(DType.INT64, "<i8"),
            Map.entry(DType.UINT64, "<u8"),
            Map.entry(DType.FLOAT16, "<f2"),
            Map.entry(DType.FLOAT32, "<f4"),
            Map.entry(DType.FLOAT64, "<f8"),
            Map.entry(DType.COMPLEX64, "<c8"),
            Map.entry(DType.COMPLEX128, "<c16"));

    private Npy() {}

    /** Whether NumPy has this element type. */
    public static boolean canWrite(DType dtype) {
        return NAMES.containsKey(dtype);
    }

    /**
     * The array in a {@code .npy} file.
     *
     * @throws IllegalArgumentException if it is not one, or of a type that is not known
     */
    public static HostTensor read(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return read(in, file.toString());
        }
    }

    public static void write(Path file, HostTensor tensor) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            write(out, tensor);
        }
    }

    /** The arrays in a {@code .npz} file, by name, in the file's order. */
    public static Map<String, HostTensor> readAll(Path file) throws IOException {
        Map<String, HostTensor> arrays = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                String name = entry.getName();
                arrays.put(
                        name.endsWith(".npy") ? name.substring(0, name.length() - 4) : name,
                        read(zip, file + ": " + name));
            }
        }
        return arrays;
    }

    /** Writes a {@code .npz} file. */
    public static void writeAll(Path file, Map<String, HostTensor> arrays) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, HostTensor> array : arrays.entrySet()) {
                zip.putNextEntry(new ZipEntry(array.getKey() + ".npy"));
                write(zip, array.getValue());
                zip.closeEntry();
            }
        }
    }

    private static HostTensor read(InputStream stream, String source) throws IOException {
        DataInputStream in = new DataInputStream(stream);
        try {
            byte[] magic = in.readNBytes(MAGIC.length);
            if (!Arrays.equals(magic, MAGIC)) {
                throw new IllegalArgumentException(source + ": not a NumPy file");
            }
            int version = in.readUnsignedByte();
            in.readUnsignedByte();
            long length = version == 1
                    ? Short.toUnsignedLong(Short.reverseBytes(in.readShort()))
                    : Integer.toUnsignedLong(Integer.reverseBytes(in.readInt()));
            if (version < 1 || version > 3 || length > LARGEST_HEADER) {
                throw new IllegalArgumentException(
                        source + ": version " + version + " with a header of " + length + " bytes is not known");
            }
            String header = new String(in.readNBytes((int) length), StandardCharsets.UTF_8);
            TensorType type = new TensorType(dtype(find(DESCR, header, source), source), shape(header, source));
            HostTensor tensor = HostTensor.allocate(type);
            byte[] bytes = in.readNBytes((int) type.byteSize());
            if (bytes.length < type.byteSize()) {
                throw new EOFException();
            }
            tensor.data().put(bytes);
            return find(FORTRAN, header, source).equals("True") ? fromFortranOrder(tensor) : tensor;
        } catch (EOFException e) {
            throw new IllegalArgumentException(source + ": the file is cut off", e);
        }
    }

    private static String find(Pattern pattern, String header, String source) {
        Matcher matcher = pattern.matcher(header);
        if (!matcher.find()) {
            throw new IllegalArgumentException(source + ": the header has no " + pattern + ": " + header.strip());
        }
        return matcher.group(1);
    }

    private static DType dtype(String name, String source) {
        return NAMES.entrySet().stream()
                .filter(e -> e.getValue().substring(1).equals(name.substring(Math.min(1, name.length())))
                        && !name.startsWith(">"))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(source + ": element type '" + name + "' is not known"));
    }

    private static Shape shape(String header, String source) {
        String text = find(SHAPE, header, source);
        try {
            return Shape.of(Arrays.stream(text.split(","))
                    .map(String::strip)
                    .filter(s -> !s.isEmpty())
                    .mapToLong(Long::parseLong)
                    .toArray());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(source + ": '" + text + "' is no shape", e);
        }
    }

    private static HostTensor fromFortranOrder(HostTensor tensor) {
        HostTensor result = HostTensor.allocate(tensor.type());
        long[] sizes = tensor.shape().toArray();
        long[] index = new long[sizes.length];
        for (int from = 0; from < tensor.size(); from++) {
            int to = 0;
            for (int axis = 0; axis < sizes.length; axis++) {
                to = (int) (to * sizes[axis] + index[axis]);
            }
            result.copy(to, tensor, from);
            for (int axis = 0; axis < sizes.length && ++index[axis] == sizes[axis]; axis++) {
                index[axis] = 0;
            }
        }
        return result;
    }

    private static void write(OutputStream out, HostTensor tensor) throws IOException {
        if (!canWrite(tensor.dtype())) {
            throw new IllegalArgumentException("NumPy has no element type for " + tensor.type());
        }
        String shape = Arrays.stream(tensor.shape().toArray())
                .mapToObj(size -> size + ",")
                .collect(Collectors.joining(" "));
        String header =
                "{'descr': '" + NAMES.get(tensor.dtype()) + "', 'fortran_order': False, 'shape': (" + shape + "), }";
        int start = MAGIC.length + 4;
        int padding = (ALIGNMENT - (start + header.length() + 1) % ALIGNMENT) % ALIGNMENT;
        byte[] text = (header + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
        out.write(MAGIC);
        out.write(new byte[] {1, 0, (byte) text.length, (byte) (text.length >> 8)});
        out.write(text);
        ByteBuffer data = tensor.data();
        byte[] bytes = new byte[(int) tensor.type().byteSize()];
        data.get(bytes);
        out.write(bytes);
    }
}
