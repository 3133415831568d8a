package ai.softlabel.spark;

import ai.softlabel.JobException;
import ai.softlabel.fuzz.Promise;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import org.apache.spark.network.client.StreamCallbackWithID;

/** What the transport promises for any messages; a fuzz target calls it. */
public final class SparkTargets {
    private static final int MOST = 64;
    private static final Loopback END = Loopback.open();

    private SparkTargets() {}

    /**
     * A stranger's messages, of whom the box's name is known to the worst: each a byte with the length of its head, the
     * head, a byte with the length of its body, the body. They are refused or taken as a peer's would be; a box holds
     * at most a message of each kind and sender, of at most the limit's size, and a box that they do not name gets
     * nothing.
     */
    public static void messages(byte[] input) {
        Promise.oneLine(Set.of(), () -> {
            Mailbox named = END.mailbox("box.0", new Mailbox.Limits(Set.of("g", "w"), 4, MOST, 0));
            Mailbox other = END.mailbox("other.0", new Mailbox.Limits(Set.of("g"), 1, MOST, 0));
            try {
                deliver(ByteBuffer.wrap(input));
                for (String kind : Set.of("g", "w")) {
                    for (int from = 0; from < 4; from++) {
                        taken(named, kind, from);
                    }
                }
                Promise.require(!taken(other, "g", 0), "a message in a box that was not named");
            } finally {
                END.transport.close(named);
                END.transport.close(other);
            }
        });
    }

    private static void deliver(ByteBuffer in) throws IOException {
        while (in.remaining() > 1) {
            ByteBuffer head = part(in);
            ByteBuffer body = part(in);
            StreamCallbackWithID arriving = END.transport.receiveStream(null, head, null);
            try {
                while (body.hasRemaining()) {
                    // In pieces, as they come over a network.
                    ByteBuffer piece = body.slice(body.position(), Math.min(7, body.remaining()));
                    body.position(body.position() + piece.remaining());
                    arriving.onData(arriving.getID(), piece);
                }
                arriving.onComplete(arriving.getID());
            } catch (IOException e) {
                arriving.onFailure(arriving.getID(), e);
                arriving.onFailure(arriving.getID(), e);
            }
        }
    }

    private static ByteBuffer part(ByteBuffer in) {
        int size = in.hasRemaining() ? Math.min(in.get() & 0xFF, in.remaining()) : 0;
        ByteBuffer part = in.slice(in.position(), size);
        in.position(in.position() + size);
        return part;
    }

    private static boolean taken(Mailbox box, String kind, int from) {
        try {
            ByteBuffer bytes = box.take(new Peer("7", "127.0.0.1", 1), kind, 0, from, -1, () -> false);
            Promise.require(bytes.limit() <= MOST, "a message of " + bytes.limit() + " bytes");
            return true;
        } catch (JobException e) {
            // None came.
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
