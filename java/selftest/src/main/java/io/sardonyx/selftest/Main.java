package io.sardonyx.selftest;

import picocli.CommandLine;

/** The command line with the self-test, and without what the bundle has not the parts for. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine line = io.sardonyx.cli.Main.commandLine();
        line.getCommandSpec().removeSubcommand("demo"); // its model and tokenizer weigh more than all the rest
        return line.addSubcommand(new SelftestCommand()).setCaseInsensitiveEnumValuesAllowed(true);
    }
}
