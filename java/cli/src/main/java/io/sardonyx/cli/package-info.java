/** The {@code sardonyx} command. Each subcommand is a class; {@code --json} prints for programs what is otherwise printed for people. */
package io.sardonyx.cli;
