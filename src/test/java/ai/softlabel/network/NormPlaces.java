package ai.softlabel.network;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Where a network's BatchNorms stand: what follows them, and which are the last of a residual block's first branch. */
public final class NormPlaces {
    private final Map<String, Activation> followers = new HashMap<>();
    private final Set<String> ends = new HashSet<>();

    public NormPlaces(String architecture) {
        Architecture a = Architectures.named(architecture);
        read(a.stem(), null);
        a.stages().forEach(s -> read(s, null));
    }

    private void read(List<Node> nodes, Node.Sum of) {
        for (int i = 0; i < nodes.size(); i++) {
            boolean added = of != null && i == nodes.size() - 1;
            if (nodes.get(i) instanceof Node.Convolution c) {
                followers.put(c.norm(), added ? of.activation() : c.activation());
                if (added && nodes == of.main()) {
                    ends.add(c.norm());
                }
            } else if (nodes.get(i) instanceof Node.Sum s) {
                read(s.main(), s);
                read(s.shortcut(), s);
            }
        }
    }

    /** What follows the BatchNorm of a weight, after the sum where it ends a branch. */
    public Activation follower(Parameter weight) {
        return followers.get(norm(weight));
    }

    /** Whether the BatchNorm of a weight is the last of a block's first branch. */
    public boolean endsBlock(Parameter weight) {
        return ends.contains(norm(weight));
    }

    /**
     * A range for a BatchNorm's weights as training leaves them; before a ReLU6 so large that some values reach six.
     */
    public double[] range(Parameter weight) {
        if (endsBlock(weight)) {
            return new double[] {0.1, 0.4};
        }
        return follower(weight) == Activation.RELU6 ? new double[] {1, 5} : new double[] {0.5, 1.5};
    }

    private static String norm(Parameter weight) {
        return weight.name().substring(0, weight.name().lastIndexOf('.'));
    }
}
