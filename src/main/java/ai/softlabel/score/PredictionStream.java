package ai.softlabel.score;

import ai.softlabel.Example;
import ai.softlabel.bigdl.NativeThread;
import ai.softlabel.network.Body;
import ai.softlabel.network.ModelState;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** Predictions of a partition's pictures, in their order, a batch at a time: memory holds one batch of pictures. */
final class PredictionStream implements Iterator<Prediction> {
    private final Predictor predictor;
    private final int partition;
    private final Iterator<Example> examples;
    private final ModelState state;
    private Iterator<Prediction> ready = List.<Prediction>of().iterator();

    PredictionStream(Predictor predictor, int partition, Iterator<Example> examples, ModelState state) {
        this.predictor = predictor;
        this.partition = partition;
        this.examples = examples;
        this.state = state;
    }

    /** What is compiled for; a state's arrays are compared by identity, so that another state is never taken for it. */
    private record Compiled(Predictor predictor, ModelState state) {}

    @Override
    public boolean hasNext() {
        if (!ready.hasNext() && examples.hasNext()) {
            int batch = Body.batch(predictor.imageSize());
            List<Example> some = new ArrayList<>(batch);
            while (some.size() < batch && examples.hasNext()) {
                some.add(examples.next());
            }
            try (NativeThread thread = NativeThread.borrow(predictor.threads())) {
                ready = thread.call(() -> score(thread, batch, some)).iterator();
            }
        }
        return ready.hasNext();
    }

    private List<Prediction> score(NativeThread thread, int batch, List<Example> some) {
        // Kept from partition to partition, too.
        CompiledNetwork network = thread.keep(
                "predict",
                new Compiled(predictor, state),
                CompiledNetwork.class,
                () -> CompiledNetwork.of(predictor, batch, state));
        return network.score(partition, some);
    }

    @Override
    public Prediction next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return ready.next();
    }
}
