package ai.softlabel.command.export;

import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.CountProgress;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Shows how much of a file is written. */
final class CountedBytes extends FilterOutputStream {
    private static final int MEGABYTE = 1 << 20;

    private final CountProgress count;
    private long bytes;

    /** @param total bytes of the file, about */
    CountedBytes(OutputStream out, ConsoleProgress console, long total) {
        super(out);
        this.count = new CountProgress(console, "export", "MB", total / MEGABYTE);
    }

    @Override
    public void write(int b) throws IOException {
        out.write(b);
        counted(1);
    }

    @Override
    public void write(byte[] from, int at, int length) throws IOException {
        // In pieces: a tensor comes as one array, and its file system may be slow.
        for (int done = 0; done < length; done += MEGABYTE) {
            int some = Math.min(MEGABYTE, length - done);
            out.write(from, at + done, some);
            counted(some);
        }
    }

    private void counted(int more) {
        long before = bytes / MEGABYTE;
        bytes += more;
        count.add(bytes / MEGABYTE - before);
    }
}
