/** {@code find-lr}: sweeps the learning rate. It holds the command's settings and job. It does not use {@code cli}. */
package ai.softlabel.command.findlr;
