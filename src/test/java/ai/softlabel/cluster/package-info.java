/** The packaged job on real clusters. */
package ai.softlabel.cluster;
