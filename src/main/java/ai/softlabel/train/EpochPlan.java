package ai.softlabel.train;

import ai.softlabel.data.Shards;
import ai.softlabel.optim.Schedule;
import java.io.Serializable;

/**
 * What does not change from task to task of a stage.
 *
 * @param run a name of this run, and no other's
 * @param epoch from 0
 * @param steps steps of an epoch
 * @param first the schedule's step that the epoch begins with
 * @param patience a loss of so many times the best smoothed one ends the epoch; 0 for none
 * @param threads OpenMP threads of each task
 * @param stepTimeout seconds that a step may take
 * @param reports whether progress is sent to the driver
 * @param limit after how much the stage ends before the epoch does
 * @param files where executors write the optimiser's arrays, or null where the driver gets them
 */
record EpochPlan(
        Recipe recipe,
        Shards shards,
        String run,
        int epoch,
        int steps,
        int first,
        Schedule schedule,
        double patience,
        int threads,
        double stepTimeout,
        boolean reports,
        StageLimit limit,
        StateFiles files)
        implements Serializable {
    boolean frozen() {
        return recipe.frozen(epoch);
    }

    /** The same for other tasks. */
    EpochPlan over(Shards dealt) {
        return new EpochPlan(
                recipe,
                dealt,
                run,
                epoch,
                steps,
                first,
                schedule,
                patience,
                threads,
                stepTimeout,
                reports,
                limit,
                files);
    }
}
