package ai.softlabel.network;

import java.util.List;

/** The known networks. A network is one class and one line in this list. */
public final class Architectures {
    private static final List<Architecture> KNOWN = List.of(
            new ResNet(18),
            new ResNet(34),
            new ResNet(50),
            new ResNet(101),
            new ResNet(152),
            new ResNet("resnext50_32x4d", 50, 32, 4),
            new ResNet("wide_resnet50_2", 50, 1, 128),
            new MobileNetV2());

    private Architectures() {}

    /** Their names. */
    public static List<String> names() {
        return KNOWN.stream().map(Architecture::name).toList();
    }

    /**
     * * The network of a name.
     *
     * @throws IllegalArgumentException if there is none; the message lists the names
     */
    public static Architecture named(String name) {
        return KNOWN.stream()
                .filter(a -> a.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("expected an architecture of " + names() + ", found " + name));
    }
}
