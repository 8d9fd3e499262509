package io.sardonyx.bench.record;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** That a record which was read has all of its fields, since a file may lack some, and that its numbers are some. */
final class Completeness {
    private Completeness() {}

    /** @throws IllegalArgumentException that names the first field which is missing, or not finite */
    static void require(String path, Object value) {
        if (value == null) {
            throw new IllegalArgumentException(path + " is missing");
        }
        if (value instanceof Double number && !Double.isFinite(number)) {
            throw new IllegalArgumentException(path + " is " + number);
        }
        if (value instanceof Optional<?> optional) {
            optional.ifPresent(present -> require(path, present));
        } else if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                require(path + "[" + i + "]", list.get(i));
            }
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, element) -> require(path + "." + key, element));
        } else if (value instanceof Record) {
            for (RecordComponent component : value.getClass().getRecordComponents()) {
                require(path.isEmpty() ? component.getName() : path + "." + component.getName(), get(component, value));
            }
        }
    }

    private static Object get(RecordComponent component, Object value) {
        try {
            return component.getAccessor().invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e); // they are public
        }
    }
}
