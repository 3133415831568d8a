/**
 * Whole files on any Hadoop file system, written so that a reader never sees half of one, and a directory's lease, so
 * that two programs never write to one. It knows nothing of what is in them.
 */
package ai.softlabel.files;
