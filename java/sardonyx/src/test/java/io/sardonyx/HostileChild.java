package io.sardonyx;

import io.sardonyx.device.Devices;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The child that cases are tried in, one behind the other: {@code HostileChild LIST}. It prints a line a case; a case that hangs
 * ends it, with the stack of the thread that hung.
 */
final class HostileChild {
    static final String MARK = "case";
    static final int HANGS = 3;

    private HostileChild() {}

    public static void main(String[] args) throws Exception {
        System.out.println("device " + Devices.best().name() + " " + Devices.problems());
        for (HostileCase c : HostileModelsTest.LISTS.get(args[0]).get()) {
            CountDownLatch done = watch(c);
            long start = System.nanoTime();
            long before = Devices.best().liveBytes();
            Throwable thrown = null;
            try {
                c.action().run();
            } catch (Throwable e) { // an OutOfMemoryError or StackOverflowError is what is looked for
                thrown = e;
            }
            done.countDown();
            long left = Devices.best().liveBytes() - before;
            System.out.println(String.join(
                    "\t",
                    MARK,
                    c.name(),
                    Long.toString(left),
                    Long.toString((System.nanoTime() - start) / 1_000_000),
                    thrown == null ? "" : thrown.getClass().getName(),
                    thrown == null ? "" : String.valueOf(thrown.getMessage()).replaceAll("\\s+", " ")));
            if (thrown != null && c.error().isEmpty()) {
                thrown.printStackTrace(System.out);
            }
        }
    }

    private static CountDownLatch watch(HostileCase c) {
        Thread tried = Thread.currentThread();
        CountDownLatch done = new CountDownLatch(1);
        Thread watchdog = new Thread(() -> {
            try {
                if (!done.await(c.seconds(), TimeUnit.SECONDS)) {
                    System.out.println(c.name() + " hangs");
                    for (StackTraceElement element : tried.getStackTrace()) {
                        System.out.println("    at " + element);
                    }
                    Runtime.getRuntime().halt(HANGS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        watchdog.setDaemon(true);
        watchdog.start();
        return done;
    }
}
