package ai.softlabel.command.predict;

import ai.softlabel.pipeline.CountProgress;
import ai.softlabel.spark.LiveChannel;
import java.util.function.Consumer;

/** Adds up what the tasks say of their partitions. What is lost on the way is made up for by what comes later. */
final class PredictProgress implements AutoCloseable {
    private final int[] done;
    private final CountProgress count;
    private final Consumer<Object> listener = this::receive;

    PredictProgress(int partitions, CountProgress count) {
        this.done = new int[partitions];
        this.count = count;
        LiveChannel.listen(listener);
    }

    private synchronized void receive(Object message) {
        if (message instanceof PredictTask.Progress p
                && p.partition() < done.length
                && p.done() > done[p.partition()]) {
            int more = p.done() - done[p.partition()];
            done[p.partition()] = p.done();
            if (p.before()) {
                count.skip(more);
            } else {
                count.add(more);
            }
        }
    }

    @Override
    public void close() {
        LiveChannel.ignore(listener);
    }
}
