package io.sardonyx.binding;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Simulated GPUs that are lost, old, or several: each in a JVM of its own, where {@link DeviceTrouble} looks at them. */
class DeviceTroubleTest {
    @TempDir
    Path folder;

    @BeforeEach
    void built() {
        Natives.cpu();
    }

    private void run(String what, String... environment) throws Exception {
        Map<String, String> variables = new TreeMap<>();
        for (int i = 0; i < environment.length; i += 2) {
            variables.put(environment[i], environment[i + 1]);
        }
        OwnJvm.run(folder, variables, List.of(), DeviceTrouble.class, what);
    }

    @Test
    void aLostDeviceStaysLostAndTheOtherWorks() throws Exception {
        run("lost", "SARDONYX_SIM_DEVICES", "2");
    }

    @Test
    void aLossIsSeenByLaunches() throws Exception {
        run("lostInLaunch");
    }

    @Test
    void aLossIsSeenByReplays() throws Exception {
        run("lostInReplay");
    }

    @Test
    void anOldGpuIsRefused() throws Exception {
        run("old", "SARDONYX_SIM_CAPABILITY", "75");
    }

    @ParameterizedTest
    @ValueSource(strings = {"80", "89"})
    void whatOnlyHopperCanIsRefusedByOthers(String capability) throws Exception {
        run("hopper", "SARDONYX_SIM_CAPABILITY", capability);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1"})
    void memoryIsCopiedBetweenDevices(String peers) throws Exception {
        run("between", "SARDONYX_SIM_DEVICES", "3", "SARDONYX_SIM_PEERS", peers);
    }

    @Test
    void devicesAreNotMixed() throws Exception {
        run("mixed", "SARDONYX_SIM_DEVICES", "2");
    }
}
