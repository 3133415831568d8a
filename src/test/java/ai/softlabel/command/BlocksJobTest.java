package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.JobException;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.data.PictureSizes;
import ai.softlabel.data.Storing;
import ai.softlabel.pipeline.Balancing;
import ai.softlabel.pipeline.Session;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Training on more pictures than a replica's window holds. */
@Tag("spark")
class BlocksJobTest extends JobFixture {
    /** Stored at 112 pixels, a window of 1 MiB holds 20 of a replica's 40 pictures; scoring would store 110. */
    private TrainSettings settings(String name, Storing storing) {
        TrainSettings s =
                with(with(settings(pets, dir.resolve(name)), "testSizes", PictureSizes.of(96)), "imageSize", 96);
        return with(with(s, "storeSize", 112), "storing", storing);
    }

    private float[] weights(String name) throws IOException {
        return weights(dir.resolve(name));
    }

    @Test
    void blocksAndFormsEndInTheSameBitsOnAnyExecutors() throws IOException {
        Storing decoded = new Storing(Storing.Form.DECODED, 1);
        Storing fits = new Storing(Storing.Form.DECODED, 2);
        JsonNode one;
        try (Session session = Session.start("train", "local[2]")) {
            one = train(settings("decoded", decoded), session);
            train(settings("encoded", new Storing(Storing.Form.ENCODED, 1)), session);

            // Another window, another order: a checkpoint of one is none of the other.
            TrainSettings other = with(with(settings("decoded", fits), "resume", true), "epochs", 3);
            JobException refused = assertThrows(JobException.class, () -> train(other, session));
            assertTrue(refused.getMessage().contains("--store's MB 1"), refused.getMessage());
            TrainSettings stored = with(with(settings("decoded", decoded), "resume", true), "storeSize", 110);
            refused = assertThrows(JobException.class, () -> train(stored, session));
            assertTrue(refused.getMessage().contains("store-size 112 instead of default"), refused.getMessage());
        }
        try (Session session = Session.start("train", "local-cluster[2,1,2048]")) {
            assertEquals(comparable(one), comparable(train(settings("spread", decoded), session)));
        }
        assertArrayEquals(weights("decoded"), weights("encoded"));
        assertArrayEquals(weights("decoded"), weights("spread"));
        assertEquals(80, one.at("/data/train").asInt());
    }

    @Test
    @Tag("long")
    void classesTakeTurnsInBlocksOnAnyExecutors() throws IOException {
        Storing decoded = new Storing(Storing.Form.DECODED, 1);
        Balancing turns = new Balancing(null, true);
        try (Session session = Session.start("train", "local[2]")) {
            train(settings("plain", decoded), session);
            train(with(settings("turns", decoded), "balancing", turns), session);
            Storing encoded = new Storing(Storing.Form.ENCODED, 1);
            train(with(settings("turns-encoded", encoded), "balancing", turns), session);
        }
        try (Session session = Session.start("train", "local-cluster[2,1,2048]")) {
            train(with(settings("turns-spread", decoded), "balancing", turns), session);
        }
        assertArrayEquals(weights("turns"), weights("turns-encoded"));
        assertArrayEquals(weights("turns"), weights("turns-spread"));
        assertFalse(Arrays.equals(weights("plain"), weights("turns")));
    }

    @Tag("long")
    @Test
    void encodedPicturesEndInTheSameBitsWhereAllFitAndWhereTheBodyIsFrozen() throws IOException {
        Storing decoded = new Storing(Storing.Form.DECODED, 1);
        Storing encoded = new Storing(Storing.Form.ENCODED, 1);
        try (Session session = Session.start("train", "local[2]")) {
            train(settings("decoded", decoded), session);
            train(settings("fits", new Storing(Storing.Form.DECODED, 2)), session);
            train(settings("fits-encoded", new Storing(Storing.Form.ENCODED, 2)), session);
            // The features of a frozen body are small: all of them fit into a window.
            train(with(with(settings("frozen", decoded), "frozenEpochs", 1), "headPasses", 3), session);
            train(with(with(settings("frozen-encoded", encoded), "frozenEpochs", 1), "headPasses", 3), session);
        }
        assertArrayEquals(weights("fits"), weights("fits-encoded"));
        assertArrayEquals(weights("frozen"), weights("frozen-encoded"));
        assertFalse(Arrays.equals(weights("decoded"), weights("fits")));
    }
}
