package ai.softlabel.pipeline;

import ai.softlabel.spark.LiveChannel;
import ai.softlabel.spark.TaskCount;
import java.util.function.Consumer;

/** Adds up what tasks say of their partitions. What is lost on the way is made up for by what comes later. */
public final class TaskProgress implements AutoCloseable {
    private final String what;
    private int[] done;
    private final CountProgress count;
    private final Consumer<Object> listener = this::receive;

    /**
     * @param what the name of the work, as its tasks say it
     * @param partitions how many there are, about
     */
    public TaskProgress(String what, int partitions, CountProgress count) {
        this.what = what;
        this.done = new int[partitions];
        this.count = count;
        LiveChannel.listen(listener);
    }

    /**
     * Of pictures.
     *
     * @param shown what is shown, such as "score test"
     * @param pictures how many there are
     */
    public static TaskProgress ofPictures(
            String what, int partitions, ConsoleProgress console, String shown, long pictures) {
        return new TaskProgress(what, partitions, new CountProgress(console, shown, "pictures", pictures));
    }

    private synchronized void receive(Object message) {
        if (message instanceof TaskCount.Message m && m.what().equals(what)) {
            if (m.partition() >= done.length) {
                done = java.util.Arrays.copyOf(done, 2 * m.partition() + 1);
            }
            int more = m.done() - done[m.partition()];
            if (more > 0) {
                done[m.partition()] = m.done();
                if (m.before()) {
                    count.skip(more);
                } else {
                    count.add(more);
                }
            }
        } else if (message instanceof TaskCount.Total t && t.what().equals(what)) {
            count.expect(t.total());
        }
    }

    @Override
    public void close() {
        LiveChannel.ignore(listener);
        count.end();
    }
}
