package io.sardonyx.cli;

import picocli.CommandLine.Command;

/** What machines that are not here would do. */
@Command(
        name = "plan",
        description = "Estimates what machines that are not here would do; every number is simulated.",
        subcommands = PlanAllReduceCommand.class,
        mixinStandardHelpOptions = true)
final class PlanCommand {}
