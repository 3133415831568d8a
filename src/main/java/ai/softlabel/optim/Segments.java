package ai.softlabel.optim;

import ai.softlabel.network.Model;
import ai.softlabel.network.Parameter;
import java.util.ArrayList;
import java.util.List;

/**
 * The parameters of a flat array, each with its learning rate and weight decay. There are three groups with different
 * rates ("discriminative learning rates", Howard and Ruder, 2018): early, late and head. The early group is the stem
 * and the first half of the stages: for a ResNet up to layer2, as in fastai. Rates can also fall from stage to stage
 * ("layer-wise learning rate decay", Clark et al., "ELECTRA", 2020, by whole stages).
 */
public final class Segments {
    private final List<Segment> all;

    /**
     * One parameter.
     *
     * @param from index of its first element
     * @param to index after its last element
     * @param factor its learning rate as a multiple of the schedule's
     * @param decay its weight decay
     */
    public record Segment(int from, int to, double factor, double decay) {}

    /** @param all in the order of the flat array, without gaps */
    public Segments(List<Segment> all) {
        this.all = List.copyOf(all);
    }

    /**
     * The segments of a model.
     *
     * @param early factor for the stem and the first half of the stages
     * @param stage factor of each stage relative to the next one, and of the stem relative to the first stage; the last
     *     stage has 1
     * @param head factor for the head
     * @param decay weight decay of the body's weights; BatchNorm's parameters and biases have none
     * @param headDecay weight decay of the head's weights
     */
    public static Segments of(Model model, double early, double stage, double head, double decay, double headDecay) {
        List<Segment> segments = new ArrayList<>();
        for (Parameter p : model.parameters()) {
            // The stem's stage is -1, before the first.
            int at = p.group().stage();
            double factor =
                    switch (p.group().kind()) {
                        case STEM, STAGE ->
                            (at < model.stages() / 2 ? early : 1) * Math.pow(stage, model.stages() - 1 - at);
                        case HEAD -> head;
                    };
            double own = p.kind().head() ? headDecay : decay;
            segments.add(new Segment(
                    p.offset(), p.offset() + p.size(), factor, p.kind().decays() ? own : 0));
        }
        return new Segments(segments);
    }

    /** The segments in the order of the flat array. */
    public List<Segment> all() {
        return all;
    }

    /** The index of the segment that contains a position. */
    int index(int at) {
        int low = 0;
        int high = all.size() - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (all.get(middle).to() <= at) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
