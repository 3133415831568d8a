package ai.softlabel.data;

import ai.softlabel.Picture;
import ai.softlabel.Ranked;
import ai.softlabel.Rejection;
import ai.softlabel.Seeds;
import java.io.Serializable;

/**
 * What became of one file.
 *
 * @param stored the picture, or null where it was rejected
 * @param sha256 of the file, or null where it was rejected
 * @param rank its place among the listed ones
 * @param print a hash of all that must be the same when it is read again
 */
record FileRead(Ranked stored, String sha256, Rejection rejection, int rank, long print) implements Serializable {
    static FileRead used(Ranked stored, String sha256) {
        boolean several = stored.annotation().labels().length != 1;
        String line = Digests.Line.of(stored, sha256, several).text();
        return new FileRead(stored, sha256, null, stored.rank(), Seeds.key(0, "used", line));
    }

    static FileRead rejected(Picture p, String reason) {
        return new FileRead(
                null,
                null,
                new Rejection(p.name(), reason, true),
                p.rank(),
                Seeds.key(0, "rejected", p.name(), reason));
    }

    /** The same picture at another place in the order. */
    FileRead at(int otherRank) {
        return new FileRead(StoredPicture.at(stored, otherRank), sha256, null, otherRank, print);
    }

    String name() {
        return stored == null ? rejection.path() : stored.name();
    }
}
