package io.sardonyx.collective.gloo;

import io.sardonyx.collective.CollectiveException.Reason;
import io.sardonyx.collective.Rendezvous;
import io.sardonyx.collective.Transport;
import io.sardonyx.collective.TransportException;
import io.sardonyx.collective.TransportProvider;
import io.sardonyx.device.Device;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Gloo, for the CPU. Its connections are made to the interface that {@code GLOO_SOCKET_IFNAME} names, as in PyTorch; else to the
 * address that the rendezvous knows, else to the machine's first that is no loopback. They are TCP and not encrypted.
 */
public final class GlooProvider implements TransportProvider {
    private static final String INTERFACE = "GLOO_SOCKET_IFNAME";

    @Override
    public String name() {
        return "gloo";
    }

    @Override
    public boolean serves(Device device) {
        return device.name().equals("cpu");
    }

    @Override
    public Transport connect(Rendezvous rendezvous, Device device, Duration deadline)
            throws TimeoutException, InterruptedException {
        GlooLibrary.require();
        return GlooTransport.connect(rendezvous, device, address(rendezvous).getHostAddress(), deadline);
    }

    private static InetAddress address(Rendezvous rendezvous) {
        try {
            String name = System.getenv(INTERFACE);
            if (name == null) {
                return rendezvous.localAddress().orElseGet(GlooProvider::ownAddress);
            }
            NetworkInterface chosen = NetworkInterface.getByName(name);
            if (chosen == null) {
                throw new TransportException(Reason.FAILED, INTERFACE + ": no network interface " + name, null);
            }
            return addresses(chosen)
                    .findFirst()
                    .orElseThrow(() -> new TransportException(
                            Reason.FAILED, INTERFACE + ": the network interface " + name + " has no address", null));
        } catch (IOException e) {
            throw new TransportException(Reason.FAILED, "no network interface: " + e.getMessage(), e);
        }
    }

    private static InetAddress ownAddress() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(GlooProvider::addresses)
                    .filter(address -> !address.isLinkLocalAddress())
                    .min(Comparator.comparing(InetAddress::isLoopbackAddress))
                    .orElseGet(InetAddress::getLoopbackAddress);
        } catch (SocketException e) {
            return InetAddress.getLoopbackAddress();
        }
    }

    /** IPv4 first. */
    private static Stream<InetAddress> addresses(NetworkInterface of) {
        return of.inetAddresses().sorted(Comparator.comparing(address -> address.getAddress().length));
    }
}
