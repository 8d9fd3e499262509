package io.sardonyx.cli;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what this machine offers, and why something is missing. */
@Command(
        name = "doctor",
        description = "Shows Java, the devices, and every native library that was tried.",
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Map<String, String> devices = new LinkedHashMap<>();
        for (Device device : Devices.all()) {
            devices.put(device.name(), device.describe());
        }
        String java = System.getProperty("java.vm.name") + " " + Runtime.version();
        String system = System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
                + Runtime.getRuntime().availableProcessors() + " cores, heap up to "
                + (Runtime.getRuntime().maxMemory() >> 20) + " MiB";
        if (json) {
            out.println(Json.of(new Report(java, system, devices, Devices.problems())));
        } else {
            out.println("java     " + java);
            out.println("system   " + system);
            devices.forEach((name, text) -> out.println("device   " + name + ": " + text));
            Devices.problems().forEach(line -> out.println("missing  " + line));
        }
        out.flush();
        return 0;
    }

    private record Report(String java, String system, Map<String, String> devices, List<String> problems) {}
}
