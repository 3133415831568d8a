package ai.softlabel.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.util.SignalUtils;
import scala.runtime.AbstractFunction0;

/**
 * SIGTERM, as Kubernetes and YARN send it some time before they kill: while a {@link Guard} is open on the driver, the
 * process does not end but is asked to, and tasks that {@link Watch} learn of it within a second. An executor's process
 * is guarded while a task of it watches; it ends when the stages of these tasks are over, or after half a minute.
 * Otherwise a process ends as it always does.
 */
public final class Termination {
    private static final String SIGNAL = "TERM";
    private static final long POLL_MILLIS = 1000;
    private static final long OVER_MILLIS = 50;
    // What Kubernetes gives a pod.
    private static final long HOLD_MILLIS = 30_000;
    // For the results to be fetched from here by a driver that can't be asked.
    private static final long UNKNOWN_MILLIS = 5000;
    // 128 and the signal's number, as if it had ended the process.
    private static final int STATUS = 143;

    private static final Set<String> LEFT = new HashSet<>();
    private static int guards;
    private static boolean registered;
    private static boolean ending;
    private static volatile boolean asked;

    private Termination() {}

    /** What an executor asks the driver: who is to end. */
    record Question(String executor) implements Serializable {}

    /** Whether a stage is over, for an executor that waits for that. */
    record Over(String stage) implements Serializable {}

    /** Who is to end. */
    enum Answer {
        NOBODY,
        EXECUTOR,
        ALL
    }

    /** On the driver: who is to end. */
    static Answer answer(SparkContext spark, Question question) {
        return asked ? Answer.ALL : decommissioned(spark, question.executor()) ? Answer.EXECUTOR : Answer.NOBODY;
    }

    /** On the driver. Spark knows which executors are decommissioned: by Kubernetes, a worker, YARN or anybody. */
    static boolean decommissioned(SparkContext spark, String executor) {
        return spark.taskScheduler().getExecutorDecommissionState(executor).isDefined();
    }

    /** Whether the signal came while a guard was open that still is, or this executor is to end. */
    public static boolean asked() {
        return asked;
    }

    /** Until it is closed, the signal does not end this process. */
    public static Guard guard() {
        opened();
        return new Guard();
    }

    private static synchronized void opened() {
        if (!registered) {
            registered = true;
            SignalUtils.register(SIGNAL, new AbstractFunction0<>() {
                @Override
                public Object apply() {
                    return held();
                }
            });
        }
        guards++;
    }

    /** Whether the signal is held back; a second one is not. */
    private static synchronized boolean held() {
        boolean holds = guards > 0 && !asked;
        asked = guards > 0;
        // On the driver the program sees to its end.
        if (holds && !onDriver()) {
            ending = true;
            daemon("softlabel-end", Termination::end);
        }
        return holds;
    }

    private static synchronized void released() {
        guards--;
        // A task that comes to an executor that is to end learns of it.
        asked &= guards > 0 || ending;
    }

    private static boolean onDriver() {
        SparkEnv env = SparkEnv.get();
        return env == null || env.blockManager().blockManagerId().isDriver();
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Ends this executor. A question that gets no answer takes minutes, so another thread asks. */
    private static void end() {
        try {
            daemon("softlabel-over", Termination::awaitOver).join(HOLD_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.exit(STATUS);
    }

    /** Until no task watches, and the driver has the results of those that did: it may still fetch them from here. */
    private static void awaitOver() {
        long free = System.nanoTime();
        try {
            while (true) {
                Set<String> left = left();
                long now = System.nanoTime();
                free = left == null ? now : free;
                if (left != null) {
                    List<Object> answers = new ArrayList<>();
                    left.forEach(stage -> answers.add(LiveChannel.ask(new Over(stage))));
                    if (over(answers, now - free > UNKNOWN_MILLIS * 1_000_000)) {
                        return;
                    }
                }
                Thread.sleep(OVER_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Whether all stages are over.
     *
     * @param answers for each stage, null where the driver could not be asked
     * @param waited whether it was tried for long enough to take no answer for one
     */
    static boolean over(List<Object> answers, boolean waited) {
        return answers.stream().allMatch(a -> a == null ? waited : Boolean.TRUE.equals(a));
    }

    /** The stages whose tasks watched when the signal came, or null while a task still does. */
    private static synchronized Set<String> left() {
        return guards > 0 ? null : Set.copyOf(LEFT);
    }

    private static synchronized void leave(String stage) {
        if (ending) {
            LEFT.add(stage);
        }
        released();
    }

    /** Holds the signal back. */
    public static final class Guard implements AutoCloseable {
        private Guard() {}

        @Override
        public void close() {
            released();
        }
    }

    /**
     * Asks the driver now and then, from a task, and holds back what is sent to the executor's own process until the
     * stage is over.
     */
    public static final class Watch implements AutoCloseable {
        private final String executor = SparkEnv.get().executorId();
        private final boolean onDriver = onDriver();
        private final String stage;
        private final Thread thread;
        private volatile Answer answer = Answer.NOBODY;
        private volatile boolean closed;

        /** @param stage its name, see {@link StageContext#name} */
        public Watch(String stage) {
            this.stage = stage;
            opened();
            thread = daemon("softlabel-termination", this::ask);
        }

        private void ask() {
            try {
                while (!closed && answer == Answer.NOBODY) {
                    if (LiveChannel.ask(new Question(executor)) instanceof String word) {
                        answer = Answer.valueOf(word);
                    }
                    Thread.sleep(POLL_MILLIS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** Whether the program, or this executor, was asked to end. */
        public boolean asked() {
            return answer != Answer.NOBODY || Termination.asked();
        }

        /** Whether this executor alone was. */
        public boolean leaving() {
            return !onDriver && (answer == Answer.EXECUTOR || Termination.asked());
        }

        @Override
        public void close() {
            closed = true;
            thread.interrupt();
            leave(stage);
        }
    }
}
