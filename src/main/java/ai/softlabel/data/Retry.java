package ai.softlabel.data;

import ai.softlabel.JobException;
import ai.softlabel.Plain;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.apache.hadoop.security.AccessControlException;

/**
 * Reads from file systems that may fail for a moment: a failure is met by further attempts, after pauses that grow.
 * What fails for good is the file system's failure, never the picture's: a data set that shrinks by what could not be
 * read would not be noticed.
 */
final class Retry {
    private static final long[] PAUSES_MILLIS = {200, 800, 3200};

    private Retry() {}

    /** Something that reads. */
    @FunctionalInterface
    interface Reading<T> {
        T run() throws IOException;
    }

    /**
     * Reads.
     *
     * @param what the name of what is read, for messages
     * @param where the file system's root
     * @throws Undecodable as the reading does, at once
     * @throws JobException of status 3, one line that names the file system
     */
    static <T> T reading(String what, String where, Reading<T> reading) throws Undecodable {
        IOException failure = null;
        int attempts = 0;
        while (attempts <= PAUSES_MILLIS.length) {
            try {
                if (attempts > 0) {
                    Thread.sleep(PAUSES_MILLIS[attempts - 1]);
                }
                attempts++;
                return reading.run();
            } catch (Undecodable e) {
                throw e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new UncheckedIOException(new InterruptedIOException("interrupted while waiting to read " + what));
            } catch (IOException e) {
                failure = e;
            } catch (UncheckedIOException e) {
                failure = e.getCause();
            }
            if (lasting(failure) || Thread.currentThread().isInterrupted()) {
                break;
            }
        }
        throw JobException.input(
                "expected to read %s below %s, found that it can't be read (%s) in %d attempt%s; check that file system and the rights, and run again",
                what, where, reason(failure), attempts, attempts == 1 ? "" : "s");
    }

    /** What another attempt would not change. */
    private static boolean lasting(IOException e) {
        return e instanceof FileNotFoundException
                || e instanceof NoSuchFileException
                || e instanceof AccessDeniedException
                || e instanceof AccessControlException;
    }

    private static String reason(IOException e) {
        String text = e instanceof NoSuchFileException
                ? "it is not there any more"
                : e instanceof AccessDeniedException ? "no right to read it" : String.valueOf(e.getMessage());
        return Plain.reason(text);
    }
}
