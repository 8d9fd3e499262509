package io.sardonyx.onnx.read;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects what a model needs and Sardonyx does not have, with the places that need it. */
final class Unsupported {
    /** Places named with an item; beyond, they are counted. */
    private static final int NAMED = 3;

    private static final class Places {
        final List<String> named = new ArrayList<>(NAMED);
        long count;
    }

    private final Map<String, Places> items = new LinkedHashMap<>();

    /** @param place a node or value; "" for the model as a whole */
    void add(String item, String place) {
        Places places = items.computeIfAbsent(item, i -> new Places());
        if (!place.isEmpty()) {
            places.count++;
            if (places.named.size() < NAMED) {
                places.named.add(place);
            }
        }
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    /** As in {@code operator com.acme.Foo (opset 1) at a, b}. */
    List<String> items() {
        var result = new ArrayList<String>();
        items.forEach((item, places) -> {
            String more = places.count > NAMED ? " and " + (places.count - NAMED) + " more" : "";
            result.add(places.count == 0 ? item : item + " at " + String.join(", ", places.named) + more);
        });
        return result;
    }
}
