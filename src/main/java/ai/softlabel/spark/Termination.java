package ai.softlabel.spark;

import java.io.Serializable;
import org.apache.spark.util.SignalUtils;
import scala.runtime.AbstractFunction0;

/**
 * SIGTERM on the driver, as Kubernetes and YARN send it some time before they kill: while a {@link Guard} is open, the
 * process does not end but is asked to, and tasks that {@link Watch} learn of it within a second. Otherwise the process
 * ends as it always does.
 */
public final class Termination {
    private static final String SIGNAL = "TERM";
    private static final long POLL_MILLIS = 1000;

    private static int guards;
    private static boolean registered;
    private static volatile boolean asked;

    private Termination() {}

    /** What executors ask the driver. */
    record Question() implements Serializable {}

    /** Whether the signal came while a guard was open that still is. */
    public static boolean asked() {
        return asked;
    }

    /** Until it is closed, the signal does not end this process. */
    public static synchronized Guard guard() {
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
        return new Guard();
    }

    /** Whether the signal is held back; a second one is not. */
    private static synchronized boolean held() {
        boolean holds = guards > 0 && !asked;
        asked = guards > 0;
        return holds;
    }

    private static synchronized void released() {
        guards--;
        asked &= guards > 0;
    }

    /** Holds the signal back. */
    public static final class Guard implements AutoCloseable {
        private Guard() {}

        @Override
        public void close() {
            released();
        }
    }

    /** Asks the driver now and then, from a task. */
    public static final class Watch implements AutoCloseable {
        private final Thread thread = new Thread(this::ask, "softlabel-termination");
        private volatile boolean asked;

        public Watch() {
            thread.setDaemon(true);
            thread.start();
        }

        private void ask() {
            try {
                while (!asked) {
                    asked = Boolean.TRUE.equals(LiveChannel.ask(new Question()));
                    Thread.sleep(POLL_MILLIS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** Whether the driver was asked to end. */
        public boolean asked() {
            return asked;
        }

        @Override
        public void close() {
            thread.interrupt();
        }
    }
}
