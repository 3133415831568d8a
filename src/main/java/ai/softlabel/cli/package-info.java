/**
 * What is typed: commands, options, profiles, help, exit status. It turns words into typed settings and hands them to
 * {@code job}.
 */
package ai.softlabel.cli;
