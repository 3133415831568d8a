package ai.softlabel.command.train;

import ai.softlabel.JobException;
import ai.softlabel.files.Directory;
import ai.softlabel.run.EpochLog;
import ai.softlabel.train.Checkpoints;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Tracks the best epoch by a figure of the validation part, and decides when to stop. */
final class EarlyStopping {
    private final EpochChoice choice;
    private final int patience;
    private int bestEpoch;
    private double best = Double.POSITIVE_INFINITY;
    private int last;

    /**
     * @param choice what the best epoch is chosen by, or null to keep the last one
     * @param patience epochs without a better figure after which to stop, or 0 for never
     */
    EarlyStopping(EpochChoice choice, int patience) {
        this.choice = choice;
        this.patience = patience;
    }

    /** Records an epoch by its line of {@code epochs.jsonl}. */
    void note(JsonNode line) {
        last = line.path("epoch").asInt();
        // NaN, of a training that failed, is never less.
        if (choice != null && choice.figure(line).asDouble(Double.NaN) < best) {
            best = choice.figure(line).asDouble();
            bestEpoch = last;
        }
    }

    /**
     * Refuses to resume a run that did not measure what chooses the epoch, or that did not keep the best one so far.
     *
     * @param lines of the epochs that were noted
     */
    void requireKept(List<JsonNode> lines, Checkpoints checkpoints, Directory out) {
        String found = null;
        for (JsonNode line : lines) {
            if (choice != null && choice.figure(line).isMissingNode()) {
                found = "epoch " + line.path("epoch").asInt() + " without that figure in " + EpochLog.FILE;
                break;
            }
        }
        if (found == null && bestEpoch > 0 && !checkpoints.has(bestEpoch)) {
            found = "no checkpoint of epoch " + bestEpoch + ", the best so far";
        }
        if (found != null) {
            throw JobException.options(
                    "expected a run in %s that chose its epoch by %s from the beginning, found %s; resume it with the --keep-best and --patience that it began with, or start anew with another --out",
                    out, choice.word(), found);
        }
    }

    boolean stops() {
        return patience > 0 && last - bestEpoch >= patience;
    }

    /** The best epoch so far, from 1, or 0 where the last one is kept. */
    int bestEpoch() {
        return bestEpoch;
    }
}
