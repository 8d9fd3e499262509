package io.sardonyx.cli;

/** One line on standard error that says how far long work is; the launcher sets {@code sardonyx.terminal} where that is a terminal. */
final class Progress implements AutoCloseable {
    private static final String ERASE = "\r\033[K";

    private final boolean shown;
    private final int total;
    private int done;

    private Progress(boolean shown, int total) {
        this.shown = shown;
        this.total = total;
    }

    static Progress of(int total) {
        return new Progress(Boolean.getBoolean("sardonyx.terminal"), total);
    }

    void next(String what) {
        at(++done, total, what);
    }

    /** Says where it is where that is not one further. */
    void at(int number, int of, String what) {
        if (shown) {
            System.err.print(ERASE + "[" + number + "/" + of + "] " + what);
            System.err.flush();
        }
    }

    /** Makes room for a line of output. */
    void clear() {
        if (shown) {
            System.err.print(ERASE);
            System.err.flush();
        }
    }

    @Override
    public void close() {
        clear();
    }
}
