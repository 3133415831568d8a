package ai.softlabel.metrics;

import java.util.ArrayList;
import java.util.List;

/**
 * Reliability of confidence by isotonic regression (CORP; Dimitriadis, Gneiting and Jordan, "Stable Reliability
 * Diagrams for Probabilistic Classifiers", 2021): the pool-adjacent-violators algorithm joins answers of neighbouring
 * confidence until accuracy never falls as confidence rises. A score of the top class's confidence is then
 *
 * <pre>score = miscalibration - discrimination + uncertainty</pre>
 *
 * with miscalibration the score's excess over that of the joined accuracies, and discrimination how much those are
 * better than the overall accuracy, whose score is the uncertainty.
 */
public final class Corp {
    private final List<Block> blocks = new ArrayList<>();
    private final Ranked answers;
    private final long count;

    /**
     * Answers that were joined.
     *
     * @param low their least confidence
     * @param high their largest confidence
     * @param count how many they are
     * @param accuracy their share of correct ones
     */
    public record Block(double low, double high, long count, double accuracy) {
        private Block plus(Block above) {
            long both = count + above.count;
            double correct = accuracy * count + above.accuracy * above.count;
            return new Block(low, above.high, both, correct / both);
        }
    }

    /** A score's three parts, each at least 0. */
    public record Parts(double miscalibration, double discrimination, double uncertainty) {}

    /** A score of one answer: of a confidence, where it is correct and where it is not. */
    private interface Loss {
        double of(double confidence, boolean correct);
    }

    private Corp(Ranked answers) {
        this.answers = answers;
        this.count = answers.size();
        int at = answers.groups() - 1;
        while (at >= 0) {
            int first = at;
            long correct = 0;
            long all = 0;
            double confidence = answers.confidence()[first];
            for (; at >= 0 && answers.tied(at, first); at--) {
                correct += answers.correct()[at];
                all += answers.count(at);
            }
            Block next = new Block(confidence, confidence, all, (double) correct / all);
            while (!blocks.isEmpty() && blocks.get(blocks.size() - 1).accuracy() >= next.accuracy()) {
                next = blocks.remove(blocks.size() - 1).plus(next);
            }
            blocks.add(next);
        }
    }

    /** That of a summary's pictures; from a histogram, of its cells' means. */
    public static Corp of(Summary s) {
        return new Corp(Ranked.of(s.confidences()));
    }

    /** The joined answers by rising confidence: the reliability diagram. */
    public List<Block> blocks() {
        return List.copyOf(blocks);
    }

    /**
     * Of the squared difference between the confidence and 1 where the answer is correct, else 0; NaN for no pictures.
     */
    public Parts brier() {
        return parts((c, correct) -> (c - (correct ? 1 : 0)) * (c - (correct ? 1 : 0)));
    }

    /** Of the negative logarithm of what is given to what came true, in nats; infinite where that is 0. */
    public Parts log() {
        return parts((c, correct) -> -Math.log(correct ? c : 1 - c));
    }

    private Parts parts(Loss loss) {
        double own = 0;
        long correct = 0;
        for (int i = 0; i < answers.groups(); i++) {
            own += sum(loss, answers.confidence()[i], answers.correct()[i], answers.wrong()[i]);
            correct += answers.correct()[i];
        }
        double joined = 0;
        for (Block b : blocks) {
            long hits = Math.round(b.accuracy() * b.count());
            joined += sum(loss, b.accuracy(), hits, b.count() - hits);
        }
        double overall = sum(loss, (double) correct / count, correct, count - correct);
        return new Parts((own - joined) / count, (overall - joined) / count, overall / count);
    }

    private static double sum(Loss loss, double confidence, long correct, long wrong) {
        return (correct > 0 ? correct * loss.of(confidence, true) : 0)
                + (wrong > 0 ? wrong * loss.of(confidence, false) : 0);
    }
}
