/**
 * Reads baseline JPEGs at a half, a quarter or an eighth of their size, in Java: what it can't read so, it leaves to
 * others. Uses nothing but the root package's {@code Pixels}.
 */
package ai.softlabel.jpeg;
