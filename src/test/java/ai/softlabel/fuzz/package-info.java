/**
 * Fuzz targets, in the form that Jazzer calls, and the tests that run them. What must hold for any bytes is said beside
 * what is tested, in the room's own tests.
 */
package ai.softlabel.fuzz;
