package ai.softlabel.train;

import ai.softlabel.loss.LabelSmoothing;
import ai.softlabel.loss.Loss;

/** The loss that a recipe trains with. */
final class RecipeLoss {
    private RecipeLoss() {}

    static Loss of(Recipe recipe) {
        return LabelSmoothing.of(recipe.smoothing());
    }
}
