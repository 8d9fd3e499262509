package io.sardonyx.bench.record;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Records as JSON. */
public final class RecordFile {
    private static final Gson GSON = new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .registerTypeAdapterFactory(new OptionalFactory())
            .registerTypeAdapter(
                    TypeToken.getParameterized(List.class, Double.class).getType(), new NumbersAdapter())
            .create();

    private RecordFile() {}

    /** Writes all of it, in place of what the file held. */
    public static void write(Path file, BenchmarkRecord record) throws IOException {
        Files.writeString(file, text(record) + "\n");
    }

    /** What {@link #write} writes. */
    public static String text(BenchmarkRecord record) {
        return GSON.toJson(record);
    }

    /** @throws IllegalArgumentException if the file is no record, or one of another format */
    public static BenchmarkRecord read(Path file) throws IOException {
        String text = Files.readString(file);
        try {
            requireFormat(JsonParser.parseString(text));
            BenchmarkRecord record = GSON.fromJson(text, BenchmarkRecord.class);
            Completeness.require("", record);
            return record;
        } catch (IllegalArgumentException | JsonParseException e) {
            throw new IllegalArgumentException(file + " is not a record of `bench`: " + e.getMessage(), e);
        } catch (RuntimeException e) { // Gson wraps what a record's constructor throws
            throw new IllegalArgumentException(file + " is not a record of `bench`: a list or a map is missing", e);
        }
    }

    private static void requireFormat(JsonElement file) {
        JsonElement format = file.isJsonObject() ? file.getAsJsonObject().get("format") : null;
        if (format == null || !format.toString().equals(Integer.toString(BenchmarkRecord.FORMAT))) {
            throw new IllegalArgumentException(
                    "its format is " + (format == null ? "none" : format) + ", expected " + BenchmarkRecord.FORMAT);
        }
    }

    /** A value, or null. */
    private static final class OptionalFactory implements TypeAdapterFactory {
        @Override
        @SuppressWarnings("unchecked") // T is Optional<E>
        public <T> TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
            if (type.getRawType() != Optional.class || !(type.getType() instanceof ParameterizedType optional)) {
                return null;
            }
            TypeAdapter<?> element = gson.getAdapter(TypeToken.get(optional.getActualTypeArguments()[0]));
            return (TypeAdapter<T>) new OptionalAdapter<>(element);
        }
    }

    private static final class OptionalAdapter<E> extends TypeAdapter<Optional<E>> {
        private final TypeAdapter<E> element;

        OptionalAdapter(TypeAdapter<E> element) {
            this.element = element;
        }

        @Override
        public void write(JsonWriter out, Optional<E> value) throws IOException {
            if (value.isPresent()) {
                element.write(out, value.get());
            } else {
                out.nullValue();
            }
        }

        @Override
        public Optional<E> read(JsonReader in) throws IOException {
            if (in.peek() == JsonToken.NULL) {
                in.nextNull();
                return Optional.empty();
            }
            return Optional.of(element.read(in));
        }
    }
}
