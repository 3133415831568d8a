package ai.softlabel.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.data.Shards;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpreadTest {
    @ParameterizedTest
    @CsvSource({
        // replicas, tasks planned, slots, tasks
        "4, 4, 4, 4",
        "4, 4, 9, 4",
        "4, 4, 3, 2",
        "4, 4, 1, 1",
        "8, 4, 3, 2",
        "12, 6, 5, 3",
        // A prime number of tasks: all, or one.
        "7, 7, 6, 1",
        "14, 7, 7, 7"
    })
    void asManyTasksAsSlotsOrTheMostThatDivideThePlannedOnes(int replicas, int planned, int slots, int tasks) {
        assertEquals(new Shards(replicas, tasks), Spread.dealt(new Shards(replicas, planned), slots));
    }

    @Test
    void withoutASlotThereIsNothingToDealTo() {
        assertNull(Spread.dealt(new Shards(4, 4), 0));
    }

    /** A replica's items lie in the partition that they were stored in, which its task has as one of several. */
    @Test
    void aReplicaReadsThePartitionThatItWasStoredIn() {
        for (int[] of : new int[][] {{4, 2, 1}, {4, 4, 2}, {8, 4, 2}, {12, 6, 3}, {12, 6, 2}, {6, 6, 1}}) {
            Shards stored = new Shards(of[0], of[1]);
            Shards dealt = new Shards(of[0], of[2]);
            int each = stored.partitions() / dealt.partitions();
            for (int replica = 0; replica < of[0]; replica++) {
                int task = replica / dealt.perPartition();
                assertEquals(
                        stored.partition(replica),
                        task * each + TrainingItems.place(replica, dealt, stored.partitions()),
                        replica + " of " + stored + " over " + dealt);
            }
        }
        assertEquals(1, TrainingItems.place(2, new Shards(4, 1), 2));
    }

    @Test
    void windowsTakeAShareOfTheHeap() {
        Room room = new Room(1000L << 20, 190);
        assertTrue(room.holds(3));
        assertFalse(room.holds(4));
        assertEquals(150, room.most(4));
        assertTrue(Room.ANY.holds(1_000_000));
    }
}
