package ai.softlabel.train;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.data.Shards;
import ai.softlabel.spark.Cluster;
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
    void picturesTakeAShareOfTheHeap() {
        Room room = new Room(1000L << 20);
        assertTrue(room.holds(3, 190L << 20));
        assertFalse(room.holds(4, 190L << 20));
        assertEquals(150, room.most(4));
    }

    /** Executors are those of the slots: none is counted that has no slot. */
    @ParameterizedTest
    @CsvSource({
        // executors and slots of the start, slots left, executors left
        "2, 2, 1, 1",
        "2, 4, 2, 1",
        "3, 6, 4, 2",
        "3, 6, 3, 2",
        // Of 4, 2 and 1 slots: as if each had 3.
        "3, 7, 3, 1",
        "1, 8, 8, 1"
    })
    void executorsAreCountedByTheirSlots(int executors, int slots, int left, int expected) {
        assertEquals(expected, new Cluster(executors, slots, 2).executorsOf(left));
    }

    @Test
    void whereThereIsNoRoomTheRunEnds() {
        Room room = new Room(1000L << 20);
        // Two tasks of two replicas in each of two executors: four times 150 MB.
        Shards dealt = new Shards(8, 4);
        assertDoesNotThrow(() -> Spread.requireRoom(room, dealt, 2, 150L << 20));
        JobException e = assertThrows(JobException.class, () -> Spread.requireRoom(room, dealt, 2, 151L << 20));
        assertEquals(ExitStatus.TRAINING, e.status());
        assertTrue(
                e.getMessage()
                        .startsWith("expected room for 151 MB of pictures for each of 4 replicas in an executor's heap"
                                + " of 1000 MB, now that executors were lost, found room for 150 MB each; "),
                e.getMessage());
        // Tasks that can't be dealt evenly: two of three in one executor.
        assertDoesNotThrow(() -> Spread.requireRoom(room, new Shards(3, 3), 2, 300L << 20));
        assertThrows(JobException.class, () -> Spread.requireRoom(room, new Shards(3, 3), 2, 301L << 20));
    }
}
