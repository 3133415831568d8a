package ai.softlabel.metrics;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Up to 15 bins of equal mass over confidence (Nguyen and O'Connor, 2015; bins as in the package
 * uncertainty-calibration: their edges lie half-way between neighbours, so equal confidences share a bin). Of a
 * histogram's cells each lies in one bin whole.
 *
 * @param bins those that are not empty, by rising confidence
 * @param split of a histogram, the correct and wrong answers in the cells that an edge would have split, else 0
 */
record EqualMass(List<Bin> bins, double split, long splitCount) {
    /**
     * A bin.
     *
     * @param sum of its confidences
     */
    record Bin(long count, long correct, double sum) {
        double confidence() {
            return sum / count;
        }

        double accuracy() {
            return (double) correct / count;
        }
    }

    static EqualMass of(Ranked r) {
        long n = r.size();
        int bins = (int) Math.min(Reliability.BINS, n);
        List<Bin> out = new ArrayList<>();
        Set<Integer> split = new HashSet<>();
        long edge = 0;
        int at = r.groups() - 1;
        for (int b = 0; b < bins; b++) {
            edge += n / bins + (b < n % bins ? 1 : 0);
            int last = 0;
            if (edge < n) {
                int above = r.groupAt(edge);
                int below = r.groupAt(edge - 1);
                last = r.exact() ? lastUpTo(r, above, below) : Math.min(below, above + 1);
                if (above == below && !r.exact()) {
                    split.add(above);
                }
            }
            long count = 0;
            long correct = 0;
            double sum = 0;
            for (; at >= last; at--) {
                count += r.count(at);
                correct += r.correct()[at];
                sum += r.confidence()[at] * r.count(at);
            }
            if (count > 0) {
                out.add(new Bin(count, correct, sum));
            }
        }
        double moved = 0;
        long movedCount = 0;
        for (int g : split) {
            // What a correct answer lacks to 1, up to the cell's width, and at most all of a wrong one's confidence.
            moved += r.correct()[g] * Math.min(1, (1 - r.confidence()[g]) * (1 + 1.0 / 32)) + r.wrong()[g];
            movedCount += r.count(g);
        }
        return new EqualMass(out, moved, movedCount);
    }

    /** The most confident answer up to half-way between two neighbours. */
    private static int lastUpTo(Ranked r, int above, int below) {
        double upper = (r.confidence()[below] + r.confidence()[above]) / 2;
        int last = below;
        while (last > 0 && r.confidence()[last - 1] <= upper) {
            last--;
        }
        return last;
    }
}
