package io.sardonyx.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;

/** The sizes in bytes of the processor's data caches by level, as the system tells them; none where it does not. */
record CpuCaches(TreeMap<Integer, Long> sizes) {
    private static final Path FOLDER = Path.of("/sys/devices/system/cpu/cpu0/cache");
    private static final long USUAL_LAST = 64 << 20;

    static CpuCaches here() {
        TreeMap<Integer, Long> sizes = new TreeMap<>();
        try {
            for (int i = 0; Files.isDirectory(FOLDER.resolve("index" + i)); i++) {
                Path cache = FOLDER.resolve("index" + i);
                if (!read(cache, "type").equals("Instruction")) {
                    sizes.put(Integer.parseInt(read(cache, "level")), bytes(read(cache, "size")));
                }
            }
        } catch (IOException | NumberFormatException e) {
            sizes.clear(); // a system without these files
        }
        return new CpuCaches(sizes);
    }

    private static String read(Path cache, String file) throws IOException {
        return Files.readString(cache.resolve(file)).strip();
    }

    /** As in {@code 32K}. */
    private static long bytes(String size) {
        long number = Long.parseLong(size.replaceAll("\\D", ""));
        return size.endsWith("K") ? number << 10 : size.endsWith("M") ? number << 20 : number;
    }

    /** The last level's size, or one that is large enough for most. */
    long last() {
        return sizes.isEmpty() ? USUAL_LAST : sizes.lastEntry().getValue();
    }
}
