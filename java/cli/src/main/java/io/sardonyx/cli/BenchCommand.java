package io.sardonyx.cli;

import picocli.CommandLine.Command;

/** How fast this machine is. */
@Command(
        name = "bench",
        description = "Measures how fast devices are at one thing, and verifies what they compute before and after.",
        subcommands = BenchAllReduceCommand.class,
        mixinStandardHelpOptions = true)
final class BenchCommand {}
