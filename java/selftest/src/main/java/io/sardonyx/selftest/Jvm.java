package io.sardonyx.selftest;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** How to start another JVM like this one. */
final class Jvm {
    private Jvm() {}

    /** The beginning of a command: this Java, its options, this class path, and a class to run. */
    static List<String> command(Class<?> main) {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        return command;
    }
}
