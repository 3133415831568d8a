package ai.softlabel.score;

import ai.softlabel.Example;
import ai.softlabel.bigdl.NativeThread;
import ai.softlabel.network.Body;
import ai.softlabel.network.ModelState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * Scores pictures in this process, without Spark, on native threads of its own. Several threads may call it; calls
 * beyond the number of native threads wait. A network is compiled at a native thread's first call and kept until
 * {@link #close}.
 */
public final class Scorer implements AutoCloseable {
    private static final String NETWORK = "scorer";

    private final Predictor predictor;
    private final ModelState state;
    private final int workers;
    private final int batch;
    private final Semaphore permits;
    private final ArrayDeque<NativeThread> idle = new ArrayDeque<>();
    private boolean closed;

    /**
     * A scorer whose predictions are those of {@link Predictor#predict}, to the bit, at the default batch size.
     *
     * @param workers number of native threads, at least 1
     * @param batch pictures that are scored at once, or 0 for the default
     */
    public Scorer(Predictor predictor, ModelState state, int workers, int batch) {
        this.predictor = predictor;
        this.state = state;
        this.workers = workers;
        this.batch = batch == 0 ? Body.batch(predictor.imageSize()) : batch;
        this.permits = new Semaphore(workers, true);
    }

    /** Pictures that are scored at once. */
    public int batch() {
        return batch;
    }

    /**
     * Predictions in the pictures' order, a batch at a time.
     *
     * @throws IllegalStateException if the scorer is closed
     */
    public List<Prediction> score(List<Example> pictures) {
        permits.acquireUninterruptibly();
        try {
            NativeThread thread = take();
            try {
                return thread.call(() -> scored(thread, pictures));
            } finally {
                synchronized (idle) {
                    idle.push(thread);
                }
            }
        } finally {
            permits.release();
        }
    }

    private NativeThread take() {
        synchronized (idle) {
            if (closed) {
                throw new IllegalStateException("expected an open classifier, found a closed one; load it again");
            }
            return idle.isEmpty() ? NativeThread.borrow(predictor.threads()) : idle.pop();
        }
    }

    private List<Prediction> scored(NativeThread thread, List<Example> pictures) {
        CompiledNetwork network =
                thread.keep(NETWORK, this, CompiledNetwork.class, () -> CompiledNetwork.of(predictor, batch, state));
        List<Prediction> out = new ArrayList<>();
        for (int at = 0; at < pictures.size(); at += batch) {
            List<Example> some = pictures.subList(at, Math.min(at + batch, pictures.size()));
            out.addAll(network.score(0, some));
        }
        return out;
    }

    /** Waits for the calls that run, and frees the networks. */
    @Override
    public void close() {
        permits.acquireUninterruptibly(workers);
        try {
            synchronized (idle) {
                closed = true;
                while (!idle.isEmpty()) {
                    NativeThread thread = idle.pop();
                    thread.call(() -> {
                        thread.drop(NETWORK);
                        return null;
                    });
                    thread.close();
                }
            }
        } finally {
            permits.release(workers);
        }
    }
}
