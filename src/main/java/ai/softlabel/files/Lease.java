package ai.softlabel.files;

import ai.softlabel.JobException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.util.ShutdownHookManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to write to a directory, which one program has at a time. It is a hidden file that its holder renews; one
 * that was not renewed for {@link #EXPIRY_SECONDS} is anyone's, and so is at once that of a process of this host which
 * is gone. Times are the file system's own, so that no two clocks are compared.
 */
public final class Lease implements AutoCloseable {
    /** Seconds after which a lease that nobody renews is free. */
    public static final int EXPIRY_SECONDS = 60;

    static final String FILE = ".lease";

    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);
    private static final int RENEWALS = 6;
    // More than passes between a look at the file and the writing of it: few file systems refuse to replace what came
    // in between.
    private static final long SETTLE_MILLIS = 500;
    private static final int SHUTDOWN_PRIORITY = org.apache.hadoop.fs.FileSystem.SHUTDOWN_HOOK_PRIORITY + 10;

    // By path: whoever writes into a directory of this process's leases, with whichever object, checks them.
    private static final Map<String, Lease> HELD = new ConcurrentHashMap<>();

    private final Directory directory;
    private final String option;
    private final Holder me;
    private final Runnable atShutdown = this::free;
    private final ScheduledExecutorService renewal = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread t = new Thread(task, "softlabel-lease");
        t.setDaemon(true);
        return t;
    });
    private volatile Holder lostTo;
    private boolean freed;

    private Lease(Directory directory, String option, Holder me, double expiry) {
        this.directory = directory;
        this.option = option;
        this.me = me;
        long millis = (long) (expiry * 1000 / RENEWALS);
        var unused = renewal.scheduleWithFixedDelay(this::renew, millis, millis, TimeUnit.MILLISECONDS);
        ShutdownHookManager.get().addShutdownHook(atShutdown, SHUTDOWN_PRIORITY);
    }

    /**
     * Takes the lease of a directory, which is made where it is not there.
     *
     * @param option the option that named the directory, for messages
     * @throws JobException of status 2, at once, where another program has it
     */
    public static Lease take(Directory directory, String option) throws IOException {
        return take(directory, option, EXPIRY_SECONDS);
    }

    static Lease take(Directory directory, String option, double expirySeconds) throws IOException {
        Holder me = Holder.here(UUID.randomUUID().toString());
        Holder before = holder(directory);
        if (before != null && !free(directory, before, me, expirySeconds)) {
            throw taken(directory, option, before);
        }
        write(directory, me);
        try {
            Thread.sleep(SETTLE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the lease was taken", e);
        }
        // Of several that wrote at the same time the last has it.
        Holder now = holder(directory);
        if (now != null && !now.equals(me)) {
            throw taken(directory, option, now);
        }
        Lease lease = new Lease(directory, option, me, expirySeconds);
        HELD.put(directory.toString(), lease);
        return lease;
    }

    /** This process's lease of a directory, or null. */
    static Lease held(String path) {
        return HELD.get(path);
    }

    private static JobException taken(Directory directory, String option, Holder other) {
        return JobException.options(
                "expected --%s %s to be no other program's, found that process %d on %s writes to it since %s; wait for its end, or give another",
                option, directory, other.process(), other.host(), other.since());
    }

    private static void write(Directory directory, Holder me) throws IOException {
        directory.replace(FILE, "-" + me.token(), out -> out.write(me.text().getBytes(StandardCharsets.UTF_8)));
    }

    private static Holder holder(Directory directory) throws IOException {
        try {
            return Holder.of(directory.readText(FILE));
        } catch (FileNotFoundException e) {
            return null;
        }
    }

    /** Whether a lease that is there may be taken. */
    private static boolean free(Directory directory, Holder before, Holder me, double expiry) throws IOException {
        if (before.dead()) {
            return true;
        }
        String probe = FILE + "-" + me.token();
        directory.replace(probe, "", out -> {});
        try {
            return directory.modified(probe) - directory.modified(FILE) > expiry * 1000;
        } catch (FileNotFoundException e) {
            // Its holder has just given it back.
            return true;
        } finally {
            directory.delete(probe);
        }
    }

    /**
     * Reads the lease and throws if another program took it while this one did not renew it in time. {@link Directory}
     * calls it before every write: a program that was stopped and continues would otherwise write between two renewals.
     *
     * @throws JobException of status 2
     */
    public void check() {
        look(false);
        Holder other = lostTo;
        if (other != null) {
            throw JobException.options(
                    "expected --%s %s to stay this program's, found that process %d on %s took it at %s, as it was not renewed for %d s; wait for the end"
                            + " of that program, or give another",
                    option, directory, other.process(), other.host(), other.since(), EXPIRY_SECONDS);
        }
    }

    private void renew() {
        look(true);
    }

    private synchronized void look(boolean renew) {
        if (freed || lostTo != null) {
            return;
        }
        try {
            Holder now = holder(directory);
            if (now == null || now.equals(me)) {
                if (renew) {
                    write(directory, me);
                }
            } else {
                lostTo = now;
                LOG.error(
                        "{} is no longer this program's: process {} on {} took it",
                        directory,
                        now.process(),
                        now.host());
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("the lease of {} could not be read or renewed ({}); it is tried again", directory, e.getMessage());
        }
    }

    private synchronized void free() {
        if (freed) {
            return;
        }
        freed = true;
        HELD.remove(directory.toString(), this);
        renewal.shutdownNow();
        try {
            if (me.equals(holder(directory))) {
                directory.delete(FILE);
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("the lease of {} could not be given back ({}); it expires", directory, e.getMessage());
        }
    }

    /** Gives the directory back. */
    @Override
    public void close() {
        free();
        if (!ShutdownHookManager.get().isShutdownInProgress()) {
            ShutdownHookManager.get().removeShutdownHook(atShutdown);
        }
    }
}
