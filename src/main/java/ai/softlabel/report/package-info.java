/**
 * The run directory, a contract with other programs: what is written where, and how it is read again. It turns results
 * into files and computes nothing.
 */
package ai.softlabel.report;
