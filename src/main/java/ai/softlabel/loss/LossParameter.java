package ai.softlabel.loss;

/**
 * A parameter of a loss: a number in [from, below).
 *
 * @param name as it is given on the command line
 * @param standard its value where none is given
 * @param from the least value
 * @param below all values are below this; it may be infinite
 * @param meaning what it is, in words
 */
public record LossParameter(String name, double standard, double from, double below, String meaning) {
    boolean allows(double value) {
        return value >= from && value < below;
    }

    /** Its range in words. */
    public String range() {
        return "[" + number(from) + ", " + number(below) + ")";
    }

    /** A number as it is written in help and messages. */
    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
