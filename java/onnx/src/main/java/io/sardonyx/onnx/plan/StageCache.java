package io.sardonyx.onnx.plan;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The stages planned so far, by what they were planned for; keeps the {@value #LARGEST} used last. */
final class StageCache implements AutoCloseable {
    private static final int LARGEST = 64;

    private final LinkedHashMap<List<Object>, Stage> stages = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Stage, Integer> users = new IdentityHashMap<>();

    /** The stage for {@code key}, planned if need be; to be given back with {@link #release}. */
    synchronized Stage acquire(List<Object> key, Supplier<Stage> plan) {
        Stage stage = stages.get(key);
        if (stage == null) {
            stage = plan.get();
            stages.put(key, stage);
            evict();
        }
        users.merge(stage, 1, Integer::sum);
        return stage;
    }

    synchronized void release(Stage stage) {
        if (users.merge(stage, -1, Integer::sum) == 0) {
            users.remove(stage);
            if (stages.size() > LARGEST) {
                evict();
            }
        }
    }

    /** Drops the stage used longest ago that no run is in. */
    private void evict() {
        Iterator<Stage> oldest = stages.values().iterator();
        while (stages.size() > LARGEST && oldest.hasNext()) {
            Stage stage = oldest.next();
            if (!users.containsKey(stage)) {
                oldest.remove();
                stage.close();
            }
        }
    }

    synchronized Optional<Stage> any() {
        return stages.values().stream().findFirst();
    }

    @Override
    public synchronized void close() {
        new ArrayList<>(stages.values()).forEach(Stage::close);
        stages.clear();
    }
}
