package ai.softlabel.network;

/**
 * One BatchNorm's running statistics.
 *
 * @param name torchvision's name of the layer
 * @param channels the number of means, and of variances
 * @param offset where the means begin in the flat array; the variances follow them
 */
public record BatchNormStatistics(String name, int channels, int offset) {}
