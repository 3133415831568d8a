/**
 * The commands, as jobs: each takes its typed settings and goes from data to a run directory by way of the other rooms.
 * It knows nothing of how settings were said.
 */
package ai.softlabel.job;
