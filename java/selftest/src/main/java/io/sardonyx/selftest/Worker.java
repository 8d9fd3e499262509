package io.sardonyx.selftest;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.sardonyx.device.Device;
import io.sardonyx.device.DeviceException;
import io.sardonyx.device.Devices;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The process that runs a step: {@code Worker STEP DEVICE FIRST FILTER SECONDS}, where the cases before number FIRST are done already
 * and SECONDS are left. It says on standard output, a line each, what it begins and what became of it; {@link StepRunner} listens.
 */
final class Worker {
    static final String DEVICE = "@device ";
    static final String BEGIN = "@begin ";
    static final String END = "@end ";
    static final String DONE = "@done";

    /** Exit status of a process whose device is lost: the cases behind need another. */
    static final int LOST = 3;

    static final Gson JSON = new GsonBuilder()
            .disableHtmlEscaping()
            .serializeSpecialFloatingPointValues()
            .create();

    private final PrintStream out =
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    private final Device device;
    private final int first;
    private final Pattern filter;
    private final long end;
    private int begun;

    private Worker(Device device, int first, Pattern filter, long seconds) {
        end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        this.device = device;
        this.first = first;
        this.filter = filter;
    }

    public static void main(String[] args) {
        Step step = Step.valueOf(args[0]);
        Worker worker = new Worker(
                Devices.get(args[1]), Integer.parseInt(args[2]), Pattern.compile(args[3]), Long.parseLong(args[4]));
        worker.say(DEVICE, Map.of("name", worker.device.name(), "description", worker.device.describe()));
        step.run(worker.device, worker.new Told());
        worker.out.println(DONE);
        System.exit(0); // whatever threads a library has left
    }

    private void say(String what, Object value) {
        out.println(what + JSON.toJson(value));
    }

    private final class Told implements Cases {
        @Override
        public boolean begin(String name) {
            if (!filter.matcher(name).find() || begun++ < first) {
                return false;
            }
            say(BEGIN, name);
            return true;
        }

        @Override
        public double secondsLeft() {
            return (end - System.nanoTime()) / 1e9;
        }

        @Override
        public void end(Outcome outcome) {
            say(END, outcome);
            if (outcome.status() == Outcome.Status.FAIL && isLost()) {
                System.exit(LOST);
            }
        }
    }

    private boolean isLost() {
        try {
            device.allocate(64).close();
            return false;
        } catch (DeviceException e) {
            return e.code() == DeviceException.Code.DEVICE_LOST;
        }
    }
}
