package ai.softlabel.command.study;

import ai.softlabel.Part;
import ai.softlabel.calibrate.Calibration;
import ai.softlabel.calibrate.PredictionSets;
import ai.softlabel.calibrate.SetsFit;
import ai.softlabel.files.Directory;
import ai.softlabel.metrics.PictureMetrics;
import ai.softlabel.metrics.Score;
import ai.softlabel.metrics.ScoreOrder;
import ai.softlabel.metrics.TemplateSpace;
import ai.softlabel.network.Safetensors;
import ai.softlabel.run.CalibrationFile;
import ai.softlabel.run.ModelCard;
import ai.softlabel.run.PredictionFiles;
import ai.softlabel.score.Prediction;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/**
 * A study's run: its report, and what its model said of each test picture.
 *
 * @param pictures by name
 * @param tightness see {@link TemplateSpace#tightness}, of all classes
 * @param transfer the pictures of other data that its features classified, by name; empty where none were asked for
 */
record StudiedRun(
        JsonNode report,
        List<Seen> pictures,
        ScoreOrder plain,
        ScoreOrder pNorm,
        double tightness,
        Head head,
        List<Transfer.Tried> transfer) {
    /**
     * A test picture under the run's recalibration.
     *
     * @param plain before recalibration
     * @param recalibrated after it
     * @param pNorm its p-norm score
     * @param set size of its prediction set at {@link SetsFit#WANTED}
     */
    record Seen(
            String name,
            int label,
            Said plain,
            Said recalibrated,
            double pNorm,
            int set,
            boolean covered,
            float[] logits)
            implements Serializable {
        boolean correct() {
            return label == recalibrated.predicted();
        }
    }

    /**
     * What was said of a picture.
     *
     * @param predicted the class of the largest probability
     * @param confidence that probability
     * @param nll in nats
     */
    record Said(int predicted, double confidence, double nll) implements Serializable {
        static Said of(double[] probabilities, int label) {
            PictureMetrics of = PictureMetrics.of(probabilities, label);
            return new Said(of.predicted(), of.confidence(), of.nll());
        }
    }

    /** The model's last layer. */
    record Head(float[][] rows, float[] biases) {
        static Head of(Directory run, int classes) throws IOException {
            String file = run.path(ModelCard.WEIGHTS);
            Safetensors tensors = Safetensors.read(file, run.read(ModelCard.WEIGHTS));
            String layer = tensors.names().stream()
                    .filter(n -> n.endsWith(".bias") && tensors.shape(n)[0] == classes && tensors.shape(n).length == 1)
                    .filter(n -> tensors.has(n.replace(".bias", ".weight"))
                            && tensors.shape(n.replace(".bias", ".weight")).length == 2)
                    .reduce((a, b) -> b)
                    .orElseThrow();
            String weights = layer.replace(".bias", ".weight");
            int width = tensors.shape(weights)[1];
            float[] flat = new float[classes * width];
            float[] biases = new float[classes];
            tensors.floats(weights, flat, 0);
            tensors.floats(layer, biases, 0);
            float[][] rows = new float[classes][width];
            for (int c = 0; c < classes; c++) {
                System.arraycopy(flat, c * width, rows[c], 0, width);
            }
            return new Head(rows, biases);
        }

        TemplateSpace space(int... classes) {
            float[][] own = new float[classes.length][];
            float[] shifts = new float[classes.length];
            for (int i = 0; i < own.length; i++) {
                own[i] = rows[classes[i]];
                shifts[i] = biases[classes[i]];
            }
            return new TemplateSpace(classes, own, shifts);
        }
    }

    /** Reads a finished run, which has a recalibration, thresholds and sets. */
    static StudiedRun read(SparkSession session, Directory run, JsonNode report, List<Transfer.Tried> transfer)
            throws IOException {
        int classes = ModelCard.read(run).classes().size();
        Calibration c = CalibrationFile.readAll(run, classes);
        Score power = c.selection().aurc().keySet().stream()
                .filter(s -> s.name().equals(Score.P_NORM))
                .findFirst()
                .orElse(Score.MAX_PROBABILITY);
        PredictionSets.Maker sets = c.sets().maker(SetsFit.WANTED);
        List<Seen> seen = PredictionFiles.read(session, run, PredictionFiles.split(Part.TEST))
                .map(p -> seen(p, c, power, sets))
                .collect()
                .stream()
                .sorted(Comparator.comparing(Seen::name))
                .toList();
        boolean[] correct = new boolean[seen.size()];
        for (int i = 0; i < correct.length; i++) {
            correct[i] = seen.get(i).correct();
        }
        Head head = Head.of(run, classes);
        int[] all = new int[classes];
        java.util.Arrays.setAll(all, i -> i);
        TemplateSpace space = head.space(all);
        double tightness = TemplateSpace.tightness(
                seen.stream().map(s -> space.of(s.logits())).toList(),
                seen.stream().mapToInt(Seen::label).toArray());
        return new StudiedRun(
                report,
                seen,
                new ScoreOrder(
                        seen.stream()
                                .mapToDouble(s -> Score.MAX_PROBABILITY.of(s.logits()))
                                .toArray(),
                        correct),
                new ScoreOrder(seen.stream().mapToDouble(Seen::pNorm).toArray(), correct),
                tightness,
                head,
                transfer);
    }

    private static Seen seen(Prediction p, Calibration c, Score power, PredictionSets.Maker sets) {
        int[] set = sets.of(p.path(), p.logits());
        boolean covered = java.util.Arrays.stream(set).anyMatch(k -> k == p.label());
        return new Seen(
                p.path(),
                p.label(),
                Said.of(p.probabilities(), p.label()),
                Said.of(c.calibrator().apply(p.logits()), p.label()),
                power.of(p.logits()),
                set.length,
                covered,
                p.logits());
    }
}
