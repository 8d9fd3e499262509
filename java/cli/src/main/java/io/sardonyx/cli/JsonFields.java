package io.sardonyx.cli;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.Reader;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The fields of an object in a JSON file that somebody wrote by hand. Each is taken once; one that is there twice, that nobody takes, or
 * that has another type is a mistake of the file's, and the message says where.
 */
final class JsonFields {
    private final String path;
    private final Map<String, Object> values;

    private JsonFields(String path, Map<String, Object> values) {
        this.path = path;
        this.values = values;
    }

    /** The whole file is one object. */
    static JsonFields read(Reader text) throws IOException {
        JsonReader json = new JsonReader(text);
        json.setStrictness(Strictness.STRICT);
        try {
            if (json.peek() != JsonToken.BEGIN_OBJECT) {
                throw new IllegalArgumentException("expected a JSON object, found " + json.peek());
            }
            JsonFields fields = object("", json);
            if (json.peek() != JsonToken.END_DOCUMENT) {
                throw new MalformedJsonException("more than one value");
            }
            return fields;
        } catch (MalformedJsonException | EOFException e) {
            throw new IllegalArgumentException("no JSON" + json.toString().replaceFirst(".*? at", " at"), e);
        }
    }

    private static JsonFields object(String path, JsonReader json) throws IOException {
        Map<String, Object> values = new LinkedHashMap<>();
        json.beginObject();
        while (json.hasNext()) {
            String name = json.nextName();
            Object value =
                    switch (json.peek()) {
                        case BEGIN_OBJECT -> object(path + name + ".", json);
                        case NUMBER -> json.nextDouble();
                        case STRING -> json.nextString();
                        case BOOLEAN -> json.nextBoolean();
                        default ->
                            throw new IllegalArgumentException(path + name
                                    + ": expected a number, text, true, false or an object, found " + json.peek());
                    };
            if (values.put(name, value) != null) {
                throw new IllegalArgumentException(path + name + ": given twice");
            }
        }
        json.endObject();
        return new JsonFields(path, values);
    }

    <T> Optional<T> optional(String name, Class<T> type) {
        Object value = values.remove(name);
        if (value != null && !type.isInstance(value)) {
            throw new IllegalArgumentException(path + name + ": expected " + words(type) + ", given " + value);
        }
        return Optional.ofNullable(value).map(type::cast);
    }

    <T> T required(String name, Class<T> type) {
        return optional(name, type)
                .orElseThrow(() -> new IllegalArgumentException(path + name + ": missing, " + words(type)));
    }

    double number(String name) {
        return required(name, Double.class);
    }

    int integer(String name) {
        double value = number(name);
        if (value != (int) value) {
            throw new IllegalArgumentException(path + name + ": expected an integer, given " + value);
        }
        return (int) value;
    }

    /** All that this file may have has been taken. */
    void end() {
        if (!values.isEmpty()) {
            throw new IllegalArgumentException(
                    "unknown field " + path + values.keySet().iterator().next());
        }
    }

    @Override
    public String toString() {
        return "an object";
    }

    private static String words(Class<?> type) {
        if (type == Double.class) {
            return "a number";
        }
        if (type == Boolean.class) {
            return "true or false";
        }
        return type == String.class ? "text" : "an object";
    }
}
