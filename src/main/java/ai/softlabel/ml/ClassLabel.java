package ai.softlabel.ml;

/** Labels as Spark ML has them: doubles. */
final class ClassLabel {
    private ClassLabel() {}

    /** @throws IllegalArgumentException where it is null, no whole number, or no class */
    static int of(Object label, int classes) {
        if (!(label instanceof Double value) || value != Math.rint(value) || value < 0 || value >= classes) {
            throw new IllegalArgumentException("expected labels that are whole numbers from 0 to " + (classes - 1)
                    + ", found " + label + "; index them with StringIndexer");
        }
        return (int) (double) value;
    }
}
