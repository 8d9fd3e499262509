package io.sardonyx.collective.nccl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.collective.CollectiveException;
import io.sardonyx.collective.EnvironmentRendezvous;
import io.sardonyx.collective.Group;
import io.sardonyx.collective.TransportProvider;
import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class NcclProviderTest {
    /** The reference device under another name. */
    private static Device named(String name) {
        Device host = Devices.get("reference");
        return (Device) Proxy.newProxyInstance(
                Device.class.getClassLoader(),
                new Class<?>[] {Device.class},
                (proxy, method, arguments) -> method.getName().equals("name") ? name : method.invoke(host, arguments));
    }

    @Test
    void itIsFoundAndServesGpus() {
        List<TransportProvider> found = ServiceLoader.load(TransportProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        TransportProvider provider = assertInstanceOf(NcclProvider.class, found.get(0));
        assertEquals("nccl", provider.name());
        assertTrue(provider.serves(named("cuda:11")));
        assertFalse(provider.serves(named("sim:0")));
        assertFalse(provider.serves(Devices.get("reference")));
    }

    @Test
    void aMissingLibrarySaysWhatToInstall() {
        Assumptions.assumeFalse(isHere(), "NCCL is here");
        Map<String, String> alone =
                Map.of("RANK", "0", "WORLD_SIZE", "1", "MASTER_ADDR", "127.0.0.1", "MASTER_PORT", "29500");
        String said = assertThrows(
                        CollectiveException.class, () -> Group.join(EnvironmentRendezvous.of(alone), named("cuda:0")))
                .getMessage();
        for (String expected : List.of("libnccl.so.2", "libcudart.so.13", "driver", "apt-get install libnccl2")) {
            assertTrue(said.contains(expected), said);
        }
    }

    private static boolean isHere() {
        try {
            NcclLibrary.load();
            return true;
        } catch (LinkageError e) {
            return false;
        }
    }
}
