package ai.softlabel.command.audit;

/**
 * Something that is wrong with a picture.
 *
 * @param path the picture
 * @param label its class's name, or its labels as {@link LabelNames} joins them
 * @param kind what is wrong
 * @param suggestion another class or other labels, or {@link #DROP}
 * @param other the picture that it repeats, or ""
 * @param score how sure it is, in [0, 1], larger for surer, within a kind
 */
record Issue(String path, String label, Kind kind, String suggestion, String other, double score) {
    static final String DROP = "drop";

    /** What can be wrong, in the order of the results. */
    enum Kind {
        LABEL("label"),
        LEAK("leak"),
        DUPLICATE("duplicate"),
        NEAR_DUPLICATE("near-duplicate"),
        BLANK("blank"),
        DARK("dark"),
        BLURRED("blurred"),
        ODD_SIZE("odd-size");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }
}
