package io.sardonyx.bench.report;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A headless Chromium with one page, spoken to by its own debugging protocol. It keeps what the page said on its console, what
 * failed in it, and what it asked for.
 */
final class Chromium implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final WebSocket socket;
    private final BlockingQueue<JsonObject> messages = new LinkedBlockingQueue<>();
    private final List<JsonObject> events = new ArrayList<>();
    private int last;

    /** Where it is installed. */
    static Optional<Path> program() {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, "chromium"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    Chromium(Path program, Path profile) throws IOException, InterruptedException {
        process = new ProcessBuilder(
                        program.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--hide-scrollbars",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(profile.resolve("log.txt").toFile())
                .start();
        List<String> port = port(profile.resolve("DevToolsActivePort"));
        HttpClient client = HttpClient.newHttpClient();
        socket = client.newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + port.get(0) + port.get(1)), new Listener())
                .join();
    }

    /** It writes its port and address there once it listens. */
    private List<String> port(Path file) throws IOException, InterruptedException {
        Instant end = Instant.now().plus(PATIENCE);
        while (Instant.now().isBefore(end) && process.isAlive()) {
            List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
            if (lines.size() == 2) {
                return lines;
            }
            Thread.sleep(50);
        }
        throw new IllegalStateException("Chromium did not start: " + Files.readString(file.resolveSibling("log.txt")));
    }

    /** A page of that width. */
    Tab open(Path page, int width, boolean dark) throws InterruptedException {
        JsonObject target = call("", "Target.createTarget", Map.of("url", "about:blank"));
        JsonObject attached = call(
                "",
                "Target.attachToTarget",
                Map.of("targetId", target.get("targetId").getAsString(), "flatten", true));
        Tab tab = new Tab(attached.get("sessionId").getAsString());
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            call(tab.session, domain + ".enable", Map.of());
        }
        call(
                tab.session,
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width < 600));
        Map<String, String> scheme = Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light");
        call(tab.session, "Emulation.setEmulatedMedia", Map.of("features", List.of(scheme)));
        call(tab.session, "Page.navigate", Map.of("url", page.toUri().toString()));
        while (tab.events("Page.loadEventFired").isEmpty()) {
            receive();
        }
        return tab;
    }

    private JsonObject call(String session, String method, Map<String, ?> parameters) throws InterruptedException {
        JsonObject message = new JsonObject();
        message.addProperty("id", ++last);
        message.addProperty("method", method);
        message.add("params", new Gson().toJsonTree(parameters));
        if (!session.isEmpty()) {
            message.addProperty("sessionId", session);
        }
        socket.sendText(message.toString(), true).join();
        while (true) {
            JsonObject answer = receive();
            if (answer.has("id") && answer.get("id").getAsInt() == last) {
                if (answer.has("error")) {
                    throw new IllegalStateException(method + ": " + answer.get("error"));
                }
                return answer.getAsJsonObject("result");
            }
        }
    }

    private JsonObject receive() throws InterruptedException {
        JsonObject message = messages.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (message == null) {
            throw new IllegalStateException("Chromium says nothing");
        }
        if (message.has("method")) {
            events.add(message);
        }
        return message;
    }

    @Override
    public void close() throws InterruptedException {
        socket.abort();
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        process.waitFor(10, TimeUnit.SECONDS);
    }

    /** A page that was loaded. */
    final class Tab {
        private final String session;

        private Tab(String session) {
            this.session = session;
        }

        /** What the page's events of this kind said, as JSON. */
        List<JsonObject> events(String method) {
            return events.stream()
                    .filter(event -> event.has("sessionId")
                            && event.get("sessionId").getAsString().equals(session)
                            && event.get("method").getAsString().equals(method))
                    .map(event -> event.getAsJsonObject("params"))
                    .toList();
        }

        /** The value of an expression. */
        JsonElement evaluate(String expression) throws InterruptedException {
            JsonObject result =
                    call(session, "Runtime.evaluate", Map.of("expression", expression, "returnByValue", true));
            return result.getAsJsonObject("result").get("value");
        }

        /** A PNG of the whole page, as far down as it goes. */
        byte[] screenshot() throws InterruptedException {
            JsonObject result =
                    call(session, "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
            return Base64.getDecoder().decode(result.get("data").getAsString());
        }
    }

    /** Puts the pieces of messages together. */
    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean isLast) {
            text.append(data);
            if (isLast) {
                messages.add(JsonParser.parseString(text.toString()).getAsJsonObject());
                text.setLength(0);
            }
            from.request(1);
            return null;
        }
    }
}
