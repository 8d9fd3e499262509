package io.sardonyx.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;

/** How all commands print JSON: indented, numbers that JSON does not know as strings. */
final class Json {
    private static final Gson GSON = new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .serializeSpecialFloatingPointValues()
            .create();

    private Json() {}

    static String of(Object value) {
        return GSON.toJson(value);
    }
}
