package ai.softlabel.network;

/** What follows a convolution or a sum, value by value. */
public enum Activation {
    NONE,
    /** max(x, 0). */
    RELU,
    /** min(max(x, 0), 6). */
    RELU6
}
