package ai.softlabel.data;

import ai.softlabel.Example;
import ai.softlabel.JobException;
import ai.softlabel.Picture;
import ai.softlabel.Pixels;
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

    /**
     * The decoded picture with what is scored of it, which is made of the file anew.
     *
     * @param read the file as it was stored
     * @param source reads it again where its bytes are not stored
     * @throws JobException where it is another file now
     */
    static Example scorable(FileRead read, Preparations preparations, Source source) {
        Example crops = example(read.stored(), preparations.training());
        Pixels scored;
        if (read.stored() instanceof Picture) {
            scored = example(read.stored(), preparations.scoring()).pixels();
        } else {
            scored = readAgain(read, preparations.scoring(), source);
        }
        return new Example(crops.name(), crops.annotation(), crops.rank(), crops.pixels(), scored);
    }

    private static Pixels readAgain(FileRead read, Preparation preparation, Source source) {
        String problem = "other content";
        try {
            PictureStream.Read again = PictureStream.read(read.name(), source, preparation);
            if (again.sha256().equals(read.sha256())) {
                return again.pixels();
            }
        } catch (Undecodable e) {
            problem = "this: " + e.getMessage();
        }
        throw JobException.input(
                "expected %s to be what it was when it was first read, found %s; data must not change during a job: run again",
                read.name(), problem);
    }

    /** The same at another place in the order. */
    static Ranked at(Ranked stored, int rank) {
        return stored instanceof Example decoded
                ? decoded.at(rank)
                : new Picture(stored.name(), stored.annotation(), rank, ((Picture) stored).bytes());
    }
}
