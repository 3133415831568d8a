package ai.softlabel.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.spark.network.buffer.NioManagedBuffer;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.protocol.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A mailbox, its peers, and others. */
class TransportTest {
    private static final int MOST = 1000;
    private static final Mailbox.Limits LIMITS = new Mailbox.Limits(Set.of("g", "w"), 4, MOST, 0);

    private final String name = UUID.randomUUID() + ".0";
    private Loopback end;
    private Mailbox box;
    private Peer peer;

    @BeforeEach
    void open() {
        end = Loopback.open();
        box = end.mailbox(name, LIMITS);
        peer = end.peer("7");
    }

    @AfterEach
    void close() {
        end.close();
    }

    private static ByteBuffer bytes(int count, int value) {
        byte[] bytes = new byte[count];
        java.util.Arrays.fill(bytes, (byte) value);
        return ByteBuffer.wrap(bytes);
    }

    private int taken(int number, int from) throws InterruptedException {
        ByteBuffer bytes = box.take(peer, "g", number, from, 20, () -> false);
        int first = bytes.get(0);
        for (int i = 0; i < bytes.limit(); i++) {
            assertEquals(first, bytes.get(i));
        }
        box.release("g", bytes);
        return first;
    }

    private void nothingCame(int number, int from) {
        JobException e = assertThrows(JobException.class, () -> box.take(peer, "g", number, from, 0.2, () -> false));
        assertEquals(ExitStatus.TRAINING, e.status());
        assertTrue(e.getMessage().startsWith("expected executor 7 on 127.0.0.1 to answer within"), e.getMessage());
    }

    private static CompletableFuture<Void> upload(TransportClient client, String head, ByteBuffer body) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        client.uploadStream(
                new NioManagedBuffer(ByteBuffer.wrap(head.getBytes(StandardCharsets.UTF_8))),
                new NioManagedBuffer(body),
                new RpcResponseCallback() {
                    @Override
                    public void onSuccess(ByteBuffer response) {
                        done.complete(null);
                    }

                    @Override
                    public void onFailure(Throwable cause) {
                        done.completeExceptionally(cause);
                    }
                });
        return done;
    }

    @Test
    void messagesArriveOneAfterTheOther() throws Exception {
        for (int number = 0; number < 50; number++) {
            box.send(peer, "g", number, 2, bytes(number, number));
            box.send(peer, "g", number, 3, bytes(MOST, 1));
            if (number > 0) {
                assertEquals(number, taken(number, 2));
            } else {
                assertEquals(0, box.take(peer, "g", 0, 2, 20, () -> false).limit());
            }
            assertEquals(1, taken(number, 3));
        }
    }

    @Test
    void aMessageThatIsNotTheNextIsNotWaitedFor() {
        assertThrows(IllegalArgumentException.class, () -> box.take(peer, "g", 1, 0, 1, () -> false));
    }

    /** A stage that begins within an epoch numbers its messages from there. */
    @Test
    void theFirstOneHasTheNumberThatTheBoxBeginsWith() throws Exception {
        String later = UUID.randomUUID() + ".0";
        box = end.mailbox(later, new Mailbox.Limits(LIMITS.kinds(), 4, MOST, 7));
        assertThrows(IllegalArgumentException.class, () -> box.take(peer, "g", 0, 2, 1, () -> false));
        assertNull(box.room(new Letter(later, "g", 0, 2, 1)));
        assertNull(box.room(new Letter(later, "g", 8, 2, 1)));
        for (int number = 7; number < 10; number++) {
            box.send(peer, "g", number, 2, bytes(10, number));
            assertEquals(number, taken(number, 2));
        }
    }

    /** Both boxes are open where a task of the first attempt has not ended yet. */
    @Test
    void whatAnEarlierAttemptSendsNeverMeetsALaterOne() throws Exception {
        Mailbox earlier = box;
        box = end.mailbox(name.replace(".0", ".1"), LIMITS);
        earlier.send(peer, "g", 0, 2, bytes(10, 66));
        nothingCame(0, 2);
        box.send(peer, "g", 0, 2, bytes(10, 5));
        assertEquals(5, taken(0, 2));
        assertEquals(66, earlier.take(peer, "g", 0, 2, 20, () -> false).get(0));
    }

    @Test
    void aCancelledTaskDoesNotWait() {
        assertThrows(InterruptedException.class, () -> box.take(peer, "g", 0, 0, 60, () -> true));
    }

    @Test
    void anEndThatIsNotThereEndsTheWait() {
        Loopback gone = Loopback.open();
        Peer there = gone.peer("8");
        gone.close();
        assertThrows(IllegalStateException.class, () -> {
            box.send(there, "g", 0, 0, bytes(10, 1));
            box.take(peer, "g", 0, 0, 20, () -> false);
        });
    }

    /** Other boxes, and what is no letter at all. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "0.0 g 0 2 10",
                "NAME g 0 2",
                "NAME g 0 2 10 10",
                "NAME g -1 2 10",
                "NAME g 0 -2 10",
                "NAME g 0 2 -10",
                "NAME g 0 4 10",
                "NAME g 0 999999999 10",
                "NAME g 1 2 10",
                "NAME x 0 2 10",
                "NAME g 0 2 1001",
                "NAME g 0 2 999999999",
                "NAME g 0 2 99999999999999999999",
                "NAME g ٠ 2 10",
                "NAMEg 0 2 10",
                "LONG"
            })
    void whatIsNotExpectedChangesNothing(String text) throws Exception {
        String head =
                text.replace("LONG", name + " g 0 2 10" + " ".repeat(1 << 20)).replace("NAME", name);
        TransportClient stranger = end.stranger();
        // The sender does not learn what there is.
        upload(stranger, head, bytes(10, 66)).get(20, TimeUnit.SECONDS);
        nothingCame(0, 2);
        box.send(peer, "g", 0, 2, bytes(10, 5));
        assertEquals(5, taken(0, 2));
    }

    @Test
    void nothingIsAllocatedForWhatIsRefused() {
        assertNull(box.room(new Letter(name, "g", 0, 2, MOST + 1)));
        assertNull(box.room(new Letter(name, "g", 0, 4, 1)));
        assertNull(box.room(new Letter(name, "x", 0, 2, 1)));
        assertNull(box.room(new Letter(name, "g", 5, 2, 1)));
        assertEquals(MOST, box.room(new Letter(name, "g", 0, 2, MOST)).capacity());
        // One on its way at a time.
        assertNull(box.room(new Letter(name, "g", 0, 2, MOST)));
    }

    @Test
    void oneThatIsShortOrLongIsNotTakenForTheRealOne() throws Exception {
        String head = name + " g 0 2 100";
        for (int size : new int[] {0, 50, 101, 100_000}) {
            TransportClient stranger = end.stranger();
            assertThrows(ExecutionException.class, () -> upload(stranger, head, bytes(size, 66))
                    .get(20, TimeUnit.SECONDS));
            nothingCame(0, 2);
        }
        box.send(peer, "g", 0, 2, bytes(100, 5));
        assertEquals(5, taken(0, 2));
    }

    @Test
    void aSecondOrLateOneIsNotTaken() throws Exception {
        TransportClient stranger = end.stranger();
        upload(stranger, name + " g 0 2 10", bytes(10, 5)).get(20, TimeUnit.SECONDS);
        upload(stranger, name + " g 0 2 10", bytes(10, 66)).get(20, TimeUnit.SECONDS);
        assertEquals(5, taken(0, 2));
        upload(stranger, name + " g 0 2 10", bytes(10, 66)).get(20, TimeUnit.SECONDS);
        upload(stranger, name + " g 1 2 10", bytes(10, 6)).get(20, TimeUnit.SECONDS);
        assertEquals(6, taken(1, 2));
        nothingCame(2, 2);
    }

    @Test
    void oneThatBreaksOffLeavesRoomForTheRealOne() throws Exception {
        for (int i = 0; i < 3; i++) {
            try (Socket socket = new Socket("127.0.0.1", peer.port())) {
                socket.getOutputStream().write(begun(name + " g 0 2 100", 100, 40));
                socket.getOutputStream().flush();
                Thread.sleep(100);
            }
        }
        Thread.sleep(200);
        box.send(peer, "g", 0, 2, bytes(100, 5));
        assertEquals(5, taken(0, 2));
    }

    /** The frame that announces a stream, and some of the stream. */
    private static byte[] begun(String head, long announced, int sent) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(8 + 1 + 8 + 4 + head.length() + 8);
        out.writeByte(Message.Type.UploadStream.id());
        out.writeLong(1);
        out.writeInt(head.length());
        out.writeBytes(head);
        out.writeLong(announced);
        out.write(new byte[sent]);
        return bytes.toByteArray();
    }

    @Test
    void noiseOnThePortIsNoise() throws Exception {
        Random random = new Random(1);
        for (int i = 0; i < 40; i++) {
            byte[] noise = new byte[200];
            random.nextBytes(noise);
            if (i % 2 == 0) {
                // A frame that can be: its type and what follows can't.
                System.arraycopy(ByteBuffer.allocate(8).putLong(200).array(), 0, noise, 0, 8);
            }
            try (Socket socket = new Socket("127.0.0.1", peer.port())) {
                socket.getOutputStream().write(noise);
            }
        }
        box.send(peer, "g", 0, 2, bytes(100, 5));
        assertEquals(5, taken(0, 2));
    }

    @Test
    void aClosedBoxTakesNothing() throws Exception {
        end.transport.close(box);
        upload(end.stranger(), name + " g 0 2 10", bytes(10, 5)).get(20, TimeUnit.SECONDS);
        nothingCame(0, 2);
    }

    @Test
    void anAuthenticatedEndTakesNothingOfStrangersAndOtherApplications() throws Exception {
        try (Loopback mine = Loopback.guarded("ours");
                Loopback ours = Loopback.guarded("ours");
                Loopback theirs = Loopback.guarded("theirs")) {
            box = mine.mailbox(name, LIMITS);
            peer = mine.peer("7");
            CompletableFuture<Void> refused = upload(mine.stranger(), name + " g 0 2 10", bytes(10, 66));
            assertThrows(ExecutionException.class, () -> refused.get(20, TimeUnit.SECONDS));
            Mailbox other = theirs.mailbox(name, LIMITS);
            assertThrows(Exception.class, () -> other.send(peer, "g", 0, 2, bytes(10, 66)));
            nothingCame(0, 2);
            ours.mailbox(name, LIMITS).send(peer, "g", 0, 2, bytes(10, 5));
            assertEquals(5, taken(0, 2));
        }
    }

    @Test
    void aLetterIsReadAsWritten() {
        Letter letter = new Letter(name, "g", 12, 3, 456);
        assertEquals(letter, Letter.of(letter.bytes()));
    }
}
