package ai.softlabel.command.train;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.files.Directory;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Phases;
import ai.softlabel.pipeline.PreparedTraining;
import ai.softlabel.pipeline.Session;
import ai.softlabel.train.Checkpoints;
import ai.softlabel.train.Snapshot;
import ai.softlabel.train.StateFiles;
import java.io.IOException;

/**
 * A run's checkpoints, with their time in its phases and what is said of them.
 *
 * @param out the run directory
 */
record RunCheckpoints(Checkpoints checkpoints, Session session, ConsoleProgress console, Directory out) {
    private static final String FOLDER = "checkpoints";

    /** @param keep how many are kept */
    static RunCheckpoints of(
            PreparedTraining prepared, int keep, Session session, ConsoleProgress console, Directory out) {
        return new RunCheckpoints(
                new Checkpoints(out.sub(FOLDER), prepared.fingerprint(), keep), session, console, out);
    }

    /** The number of replicas of the run that wrote a directory's newest checkpoint, or null where none says. */
    static Integer replicas(Directory out) {
        return Checkpoints.replicas(out.sub(FOLDER));
    }

    /**
     * Where training starts: at the newest checkpoint, or at the beginning.
     *
     * @param resume whether checkpoints are looked for
     */
    Snapshot start(PreparedTraining prepared, boolean resume) {
        Snapshot found = null;
        if (resume) {
            try (Phases.Phase phase = session.phases().begin("checkpoints")) {
                found = checkpoints.newest();
            }
            if (found == null) {
                console.print("no checkpoint in %s: starting from the beginning", out);
            } else if (found.within() == null) {
                console.print("resuming after epoch %d", found.epochs());
            } else {
                console.print(
                        "resuming after step %d of epoch %d", found.within().step(), found.epochs() + 1);
            }
        }
        Snapshot start = Snapshot.start(prepared.initial(), prepared.recipe());
        if (found != null && !found.sameShape(start)) {
            throw JobException.input(
                    "expected the checkpoints in %s to hold this model's %d weights, found %d or other arrays; remove the folder to start over, or restore it",
                    out.path(FOLDER),
                    start.model().weights().length,
                    found.model().weights().length);
        }
        return found == null ? start : found;
    }

    /** Where executors write; null where there is but one process. */
    StateFiles files() {
        try {
            return session.spark().sc().isLocal() ? null : checkpoints.open();
        } catch (IOException e) {
            throw unwritten(e);
        }
    }

    /** The snapshot after an epoch. */
    Snapshot after(int epoch) throws IOException {
        try (Phases.Phase phase = session.phases().begin("checkpoints")) {
            return checkpoints.after(epoch);
        }
    }

    /**
     * Writes one.
     *
     * @param best an epoch whose checkpoint stays as well, or 0
     */
    void write(Snapshot now, int best) {
        try (Phases.Phase phase = session.phases().begin("checkpoints")) {
            checkpoints.write(now, best);
        } catch (IOException e) {
            throw unwritten(e);
        }
    }

    private JobException unwritten(IOException e) {
        return new JobException(
                ExitStatus.TRAINING,
                String.format(
                        "expected to write a checkpoint in %s, found %s; free space and continue with --resume",
                        out.path(FOLDER), e.getMessage()),
                e);
    }
}
