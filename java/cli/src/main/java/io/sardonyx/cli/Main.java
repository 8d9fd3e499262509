package io.sardonyx.cli;

import io.sardonyx.bench.ChildFailedException;
import io.sardonyx.bench.collective.VerificationException;
import io.sardonyx.collective.CollectiveException;
import io.sardonyx.device.DeviceException;
import io.sardonyx.device.RunStoppedException;
import io.sardonyx.onnx.ModelException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line: {@code sardonyx demo | info | run | check | strip | bench | plan | doctor}. */
@Command(
        name = "sardonyx",
        description = "A native tensor runtime for the JVM: runs ONNX models on its own kernels.",
        mixinStandardHelpOptions = true,
        version = "sardonyx 0.1.0",
        subcommands = {
            DemoCommand.class,
            InfoCommand.class,
            RunCommand.class,
            CheckCommand.class,
            StripCommand.class,
            BenchCommand.class,
            PlanCommand.class,
            DoctorCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** All commands; others may be added. */
    public static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, arguments) -> {
                    e.getCommandLine().getErr().println(mistake(e));
                    e.getCommandLine().getErr().flush();
                    return e.getCommandLine().getCommandSpec().exitCodeOnInvalidInput();
                })
                .setExecutionExceptionHandler((e, command, result) -> {
                    command.getErr().println(message(e));
                    command.getErr().flush();
                    return 1;
                })
                .setUsageHelpAutoWidth(true);
    }

    /** One line, and where to read on. */
    private static String mistake(CommandLine.ParameterException e) {
        return "sardonyx: " + e.getMessage().strip() + "; see `"
                + e.getCommandLine().getCommandSpec().qualifiedName() + " --help`";
    }

    /** What is a mistake of the caller's or the model's takes one line; what is ours shows where it happened. */
    private static String message(Exception e) {
        if (e instanceof UncheckedIOException io && io.getCause() instanceof NoSuchFileException missing) {
            return "sardonyx: there is no file " + missing.getMessage();
        }
        if (e instanceof ModelException
                || e instanceof IllegalArgumentException
                || e instanceof DeviceException
                || e instanceof RunStoppedException
                || e instanceof CollectiveException
                || e instanceof VerificationException
                || e instanceof ChildFailedException
                || e instanceof UncheckedIOException) {
            return "sardonyx: " + e.getMessage();
        }
        var text = new java.io.StringWriter();
        e.printStackTrace(new java.io.PrintWriter(text));
        return "sardonyx: unexpected: " + text;
    }
}
