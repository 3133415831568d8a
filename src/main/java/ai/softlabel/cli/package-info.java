/**
 * The command line: commands, options, profiles, help and exit status. It turns option values into typed settings and
 * runs the jobs in {@code command}. No other package uses it.
 */
package ai.softlabel.cli;
