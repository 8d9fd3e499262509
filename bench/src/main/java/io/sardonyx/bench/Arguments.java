package io.sardonyx.bench;

import java.util.HashMap;
import java.util.Map;

/** Options of the form {@code --name value}. */
public final class Arguments {
    private final Map<String, String> values = new HashMap<>();

    /** @throws IllegalArgumentException if they do not come in twos */
    public Arguments(String... args) {
        for (int i = 0; i < args.length; i += 2) {
            if (!args[i].startsWith("--") || i + 1 == args.length) {
                throw new IllegalArgumentException("expected --name value, given " + args[i]);
            }
            values.put(args[i].substring(2), args[i + 1]);
        }
    }

    public String get(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }
}
