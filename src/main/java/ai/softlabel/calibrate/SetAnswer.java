package ai.softlabel.calibrate;

import java.io.Serializable;

/**
 * A held-out picture, as prediction sets see it, under the map that was fitted without it.
 *
 * @param name what its part, fold and random share follow from
 * @param label from 0
 * @param lac its label's score of {@link SetScore#LAC}
 * @param aps its label's score of {@link SetScore#APS}
 * @param place its label's place by falling probability, from 1
 */
public record SetAnswer(String name, int label, double lac, double aps, int place) implements Serializable {
    /** @param probabilities under the map that was fitted without it */
    public static SetAnswer of(Labelled d, double[] probabilities) {
        double share = PredictionSets.share(d.name());
        return new SetAnswer(
                d.name(),
                d.label(),
                SetScore.LAC.of(probabilities, share)[d.label()],
                SetScore.APS.of(probabilities, share)[d.label()],
                SetScore.place(probabilities, d.label()));
    }

    double score(SetScore s) {
        return s.method().equals("lac") ? lac : aps + s.penalty() * Math.max(0, place - s.free());
    }
}
