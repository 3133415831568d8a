package ai.softlabel.bigdl;

/**
 * A square convolution's shape. Its weight is (out, in / groups, kernel, kernel), row-major.
 *
 * @param in channels of the input, a multiple of the groups
 * @param out channels of the output, a multiple of the groups
 * @param kernel side of the kernel
 * @param stride step between positions
 * @param padding zeros at each border
 * @param groups equal parts that channels are cut into; an output sees the input's channels of its own part only
 */
public record ConvolutionShape(int in, int out, int kernel, int stride, int padding, int groups) {
    public ConvolutionShape {
        if (in % groups != 0 || out % groups != 0) {
            throw new IllegalArgumentException(
                    "expected channels that " + groups + " groups divide, found " + in + " and " + out);
        }
    }
}
