package io.sardonyx.bench;

import io.sardonyx.device.Devices;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Where results come from: what would have to be the same to measure them again. */
public record Origin(String date, String machine, String java, String peer, String commit, String command) {
    /** Of this process, beside ONNX Runtime. */
    public static Origin of(String command, String[] arguments) {
        return of(
                command,
                "ONNX Runtime " + ai.onnxruntime.OrtEnvironment.getEnvironment().getVersion(),
                arguments);
    }

    /** Of this process; the scripts in {@code bench/} say which commit it was built from. */
    public static Origin of(String command, String peer, String[] arguments) {
        return new Origin(
                LocalDate.now(ZoneOffset.UTC).toString(),
                Devices.best().describe(),
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                peer,
                System.getProperty("sardonyx.commit", "unknown"),
                (command + " " + String.join(" ", arguments)).strip());
    }
}
