package ai.softlabel.calibrate;

import ai.softlabel.spark.Broadcasts;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Predictions that fits pass over, in memory or on the executors. A pass is one sum of what each prediction adds; the
 * same predictions give the same bits in any order and partitions.
 */
interface Predictions {
    /** What a prediction adds to a pass's sums. */
    interface Term extends Serializable {
        void add(Labelled d, ExactSums to);
    }

    /** The number of classes. */
    int classes();

    /** Passes over all predictions once, for so many sums. */
    ExactSums sum(int size, Term term);

    static Predictions of(List<Labelled> data) {
        return new Predictions() {
            @Override
            public int classes() {
                return data.get(0).logits().length;
            }

            @Override
            public ExactSums sum(int size, Term term) {
                ExactSums sums = new ExactSums(size);
                data.forEach(d -> term.add(d, sums));
                return sums;
            }
        };
    }

    static Predictions of(JavaRDD<Labelled> data) {
        int classes = data.first().logits().length;
        return new Predictions() {
            @Override
            public int classes() {
                return classes;
            }

            @Override
            public ExactSums sum(int size, Term term) {
                // Sent apart from the task, for a term holds parameters of every class.
                Broadcast<Term> sent =
                        JavaSparkContext.fromSparkContext(data.context()).broadcast(term);
                try {
                    return data.mapPartitions(it -> {
                                ExactSums own = new ExactSums(size);
                                it.forEachRemaining(d -> sent.value().add(d, own));
                                return List.of(own).iterator();
                            })
                            .treeReduce(ExactSums::merge);
                } finally {
                    Broadcasts.destroy(sent);
                }
            }
        };
    }
}
