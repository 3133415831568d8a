package ai.softlabel.network;

import java.util.List;

/**
 * A network described once: its body as {@link Node}s, from pictures of three channels to the mean over all positions
 * of the last stage, and its head, one linear layer. Training, scoring, folding, initialisation, parameter groups,
 * files and the ONNX export all follow from the description, see {@link Model}. Names are torchvision's. The known ones
 * are listed in {@link Architectures}.
 */
public interface Architecture {

    /** What {@code --architecture} and {@code model.json} call it. */
    String name();

    /** What comes before the first stage. */
    List<Node> stem();

    /**
     * The stages, at least one: parts that learn at rates of their own. The first half of them, the smaller one where
     * their number is odd, counts as early.
     */
    List<List<Node>> stages();

    /** The layer after the mean. */
    Linear head();

    /**
     * A linear layer with a bias.
     *
     * @param name torchvision's name
     * @param start how it starts without pretrained weights
     */
    record Linear(String name, Start start) {}

    /** How a linear layer starts. */
    enum Start {
        /** Weights and bias uniform within ±1 / sqrt(fan-in), PyTorch's default. */
        UNIFORM,
        /** Weights normal with deviation 0.01, bias 0. */
        NORMAL
    }
}
