package ai.softlabel.command.report;

/**
 * The settings of {@code report}, checked.
 *
 * @param run the run directory
 * @param port the port to serve it on, 0 for a free one, or null not to serve it
 */
public record ReportSettings(String run, Integer port) {
    /** The highest port. */
    public static final int LAST_PORT = 65535;
}
