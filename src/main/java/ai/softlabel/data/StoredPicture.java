package ai.softlabel.data;

import ai.softlabel.Example;
import ai.softlabel.JobException;
import ai.softlabel.Picture;
import ai.softlabel.Ranked;

/** A picture as it lies in Spark's storage: an {@link Example}, or a {@link Picture} that is still encoded. */
public final class StoredPicture {
    private StoredPicture() {}

    /**
     * The decoded picture.
     *
     * @param preparation as it was stored with
     */
    public static Example example(Ranked stored, Preparation preparation) {
        if (stored instanceof Example decoded) {
            return decoded;
        }
        Picture p = (Picture) stored;
        try {
            return new Example(p.name(), p.annotation(), p.rank(), Decoder.decode(p.bytes(), preparation));
        } catch (Undecodable e) {
            // It was decoded when it was stored.
            throw JobException.training(
                    "expected to decode %s again, found that %s; report this: its stored bytes have changed",
                    p.name(), e.getMessage());
        }
    }

    /** The same at another place in the order. */
    static Ranked at(Ranked stored, int rank) {
        return stored instanceof Example decoded
                ? decoded.at(rank)
                : new Picture(stored.name(), stored.annotation(), rank, ((Picture) stored).bytes());
    }
}
