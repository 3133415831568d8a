package ai.softlabel.data;

import ai.softlabel.Annotation;
import ai.softlabel.Example;
import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.Pixels;
import ai.softlabel.Rejection;
import ai.softlabel.Sha256;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Consumer;

/**
 * Reads, decodes and resizes pictures whose class is not known, one after another, and keeps none: memory holds what
 * the caller holds. A picture that can't be decoded is left out and noted; a file system that fails ({@link Retry})
 * ends the job.
 */
public final class PictureStream implements Iterator<Example> {
    private final Source source;
    private final Preparation preparation;
    private final Iterator<String> names;
    private final Seen seen = new Seen();
    private Example next;

    /**
     * @param preparation how pictures come
     * @param names paths below the source's root
     */
    public PictureStream(Source source, Preparation preparation, Iterator<String> names) {
        this.source = source;
        this.preparation = preparation;
        this.names = names;
    }

    /** What became of the files so far. */
    public static final class Seen {
        private long used;
        private ContentSum content = ContentSum.none();
        private final List<Rejection> rejected = new ArrayList<>();

        private Seen() {}

        /** Pictures that were decoded. */
        public long used() {
            return used;
        }

        /** Their fingerprint. */
        public ContentSum content() {
            return content;
        }

        public List<Rejection> rejected() {
            return rejected;
        }
    }

    /**
     * A decoded file.
     *
     * @param bytes the file's
     * @param sha256 the hash of the bytes
     */
    record Read(byte[] bytes, Pixels pixels, String sha256) {}

    /** Reads one file, with the attempts of {@link Retry}. */
    static Read read(String name, Source source, Preparation preparation) throws Undecodable {
        try {
            byte[] bytes = Retry.reading(name, source.where(), () -> source.read(name));
            return new Read(bytes, Decoder.decode(bytes, preparation), Sha256.of(bytes));
        } catch (OutOfMemoryError e) {
            // The picture is within its limits: what else lies in the heap is not its fault.
            throw JobException.training(
                    "expected room to decode %s, found the heap of %d MB full; give executors more memory (spark.executor.memory, or spark.driver.memory where the master is local) or fewer slots",
                    name, Runtime.getRuntime().maxMemory() >> 20);
        }
    }

    /**
     * A file's bytes, with the attempts of {@link Retry}; null where they can't be those of a picture.
     *
     * @param rejected receives a line for those
     */
    public static byte[] bytes(String name, Source source, Consumer<Rejection> rejected) {
        try {
            return Retry.reading(name, source.where(), () -> source.read(name));
        } catch (Undecodable e) {
            rejected.accept(new Rejection(name, e.getMessage(), true));
            return null;
        }
    }

    /** Complete when there is no next picture. */
    public Seen seen() {
        return seen;
    }

    @Override
    public boolean hasNext() {
        while (next == null && names.hasNext()) {
            String name = names.next();
            try {
                Read read = read(name, source, preparation);
                next = new Example(
                        name, new Annotation(new int[0], 1, null, Part.TEST), (int) seen.used, read.pixels());
                seen.used++;
                seen.content = seen.content.plus(name, read.sha256());
            } catch (Undecodable e) {
                seen.rejected.add(new Rejection(name, e.getMessage(), true));
            }
        }
        return next != null;
    }

    @Override
    public Example next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Example found = next;
        next = null;
        return found;
    }
}
