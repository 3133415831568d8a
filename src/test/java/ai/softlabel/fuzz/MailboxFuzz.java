package ai.softlabel.fuzz;

import ai.softlabel.spark.SparkTargets;

/** Any bytes as messages to a mailbox. */
public final class MailboxFuzz {
    private MailboxFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        SparkTargets.messages(input);
    }
}
