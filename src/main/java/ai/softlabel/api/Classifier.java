package ai.softlabel.api;

import ai.softlabel.Annotation;
import ai.softlabel.Example;
import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.Pixels;
import ai.softlabel.Sha256;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.command.predict.Answers;
import ai.softlabel.command.predict.PredictSettings.Limits;
import ai.softlabel.files.Directory;
import ai.softlabel.pipeline.EngineChoice;
import ai.softlabel.pipeline.TrainedModel;
import ai.softlabel.run.PredictedPicture;
import ai.softlabel.score.Prediction;
import ai.softlabel.score.Scorer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/**
 * A trained model that classifies pictures in this process. No Spark is started, and none of its classes are needed.
 *
 * <pre>{@code
 * try (Classifier classifier = Classifier.load("target/run")) {
 *     Classification answer = classifier.classify(Path.of("cat.jpg"));
 *     System.out.println(answer.label() + " " + answer.probability());
 * }
 * }</pre>
 *
 * <p>Several threads may use one classifier at once; each call holds one of its {@linkplain Builder#workers workers}.
 * Answers equal those of the command {@code predict} with the same run, bit for bit, at the default batch size and
 * engine.
 */
public final class Classifier implements AutoCloseable {
    private final TrainedModel model;
    private final Calibrator calibrator;
    private final PictureDecoder decoder;
    private final Scorer scorer;
    private final int topK;
    private final Answers answers;

    private Classifier(Builder b, TrainedModel model) {
        this.model = model;
        this.calibrator = model.calibrator();
        this.decoder = new PictureDecoder(model.card().preparation());
        this.topK = b.topK;
        this.answers = Answers.of(model.calibration(), new Limits(b.maxError, b.minCoverage, b.coverage));
        this.scorer = new Scorer(model.predictor(b.threads), model.state(), b.workers, b.batchSize);
    }

    /**
     * Loads a run's model with the defaults of {@link #builder}.
     *
     * @param uri a run directory, or the {@code run} folder of a saved Spark ML model: a path, or a URI of any file
     *     system that Hadoop knows
     * @throws SoftlabelException if there is no finished run, or its files are damaged
     */
    public static Classifier load(String uri) {
        return builder(uri).load();
    }

    /** A classifier with other settings; see {@link #load(String)}. */
    public static Builder builder(String uri) {
        return new Builder(uri);
    }

    /** Settings of a {@link Classifier}; one that is not set keeps its default. */
    public static final class Builder {
        private final String uri;
        private int topK = 5;
        private int workers = 1;
        private int threads = Runtime.getRuntime().availableProcessors();
        private int batchSize;
        private EngineChoice engine = EngineChoice.BIGDL;
        private Double maxError;
        private Double minCoverage;
        private Double coverage;
        private Configuration configuration;

        private Builder(String uri) {
            this.uri = uri;
        }

        /** Sets the length of {@link Classification#top}, at least 1; 5 by default. */
        public Builder topK(int value) {
            topK = atLeastOne("topK", value);
            return this;
        }

        /**
         * Sets how many calls run at once, at least 1; further calls wait. Each worker has a copy of the network. The
         * default is 1: that one uses all processors.
         */
        public Builder workers(int value) {
            workers = atLeastOne("workers", value);
            return this;
        }

        /** Sets the processor threads of each worker, at least 1; by default the number of processors. */
        public Builder threads(int value) {
            threads = atLeastOne("threads", value);
            return this;
        }

        /**
         * Sets how many pictures the network is compiled for, at least 1. A call of fewer takes as long as one of so
         * many. The default is that of {@code predict}; with another one, probabilities may differ in their last
         * digits. Give 1 where pictures come one by one.
         */
        public Builder batchSize(int value) {
            batchSize = atLeastOne("batchSize", value);
            return this;
        }

        /**
         * Sets the library that computes the network: {@code bigdl}, the default; {@code onnxruntime}, which has to be
         * on the class path; or {@code auto}, which measures both for a moment while it loads and takes the faster one.
         * Probabilities of ONNX Runtime may differ from those of {@code predict} with the other engine in their last
         * digits.
         */
        public Builder engine(String value) {
            engine = EngineChoice.parse(value)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "expected an engine of " + String.join(", ", EngineChoice.words()) + ", found " + value));
            return this;
        }

        /**
         * Sets the largest error among the pictures that are answered, in (0, 1); the classifier abstains from the
         * others. What a threshold promises is that of {@code predict --max-error}. Not set by default: it answers all.
         */
        public Builder maxError(double value) {
            maxError = share("maxError", value);
            return this;
        }

        /** Sets the least share of the pictures that is answered, in (0, 1), in place of {@link #maxError}. */
        public Builder minCoverage(double value) {
            minCoverage = share("minCoverage", value);
            return this;
        }

        /**
         * Sets the probability with which a prediction set holds the correct class, in (0, 1). Not set by default: no
         * sets.
         */
        public Builder coverage(double value) {
            coverage = share("coverage", value);
            return this;
        }

        /** Sets Hadoop's configuration, for file systems with keys of their own. */
        public Builder configuration(Configuration value) {
            configuration = value;
            return this;
        }

        private static int atLeastOne(String name, int value) {
            if (value < 1) {
                throw new IllegalArgumentException("expected " + name + " of at least 1, found " + value);
            }
            return value;
        }

        private static double share(String name, double value) {
            if (!(value > 0 && value < 1)) {
                throw new IllegalArgumentException("expected " + name + " above 0 and below 1, found " + value);
            }
            return value;
        }

        /**
         * Loads the model; see {@link Classifier#load(String)}.
         *
         * @throws SoftlabelException also where the engine is {@code onnxruntime} and there is none; where
         *     {@code maxError}, {@code minCoverage} or {@code coverage} is set and the run has no thresholds or
         *     prediction sets, or no threshold that holds the error
         */
        public Classifier load() {
            try {
                Directory run = Directory.of("model", uri, configuration == null ? new Configuration() : configuration);
                return new Classifier(this, engine.here(TrainedModel.read(run), threads));
            } catch (JobException e) {
                throw SoftlabelException.of(e);
            } catch (IOException | UncheckedIOException e) {
                throw new SoftlabelException(
                        "expected to read a run at " + uri + ", found " + e.getMessage()
                                + "; check the path and the file system",
                        e);
            }
        }
    }

    /** The classes' names, by label. */
    public List<String> classes() {
        return model.card().classes();
    }

    /**
     * The recalibration that probabilities have gone through: {@code none}, {@code temperature}, {@code vector},
     * {@code platt}, {@code isotonic}, {@code temperature-mixed}, {@code structured-vector}, {@code structured-matrix}
     * or {@code beta}.
     */
    public String calibration() {
        return calibrator.method();
    }

    /** What computes the network: {@code bigdl} or {@code onnxruntime}. */
    public String engine() {
        return model.engine().toString();
    }

    /** Pictures that are scored at once. */
    public int batchSize() {
        return scorer.batch();
    }

    /**
     * Classifies a picture of any size; transparency is dropped.
     *
     * @throws PictureException if it has fewer than 8 or more than 100 million pixels, or is too long and narrow
     * @throws IllegalStateException if the classifier is closed
     */
    public Classification classify(BufferedImage picture) {
        return classify(List.of(decoder.pixels(picture))).get(0);
    }

    /**
     * Classifies the content of a JPEG, PNG, GIF, BMP or WebP file; a JPEG is turned as its EXIF data says.
     *
     * @throws PictureException if it is none of these, damaged or truncated
     * @throws IllegalStateException if the classifier is closed
     */
    public Classification classify(byte[] picture) {
        return classify(List.of(decoder.pixels(picture))).get(0);
    }

    /**
     * Classifies a file; see {@link #classify(byte[])}.
     *
     * @throws UncheckedIOException if it can't be read
     */
    public Classification classify(Path picture) {
        return classify(List.of(decoder.pixels(picture))).get(0);
    }

    /**
     * Classifies pictures, {@link #batchSize} at a time.
     *
     * @param pictures each a {@link BufferedImage}, a {@code byte[]} or a {@link Path}
     * @return one answer for each picture, in their order
     * @throws PictureException if one of them can't be used; the message has its place, from 0
     */
    public List<Classification> classifyAll(List<?> pictures) {
        List<Classification> out = new ArrayList<>();
        int batch = scorer.batch();
        for (int at = 0; at < pictures.size(); at += batch) {
            List<Pixels> some = new ArrayList<>();
            for (int i = at; i < Math.min(at + batch, pictures.size()); i++) {
                try {
                    some.add(decoder.pixelsOfAny(pictures.get(i)));
                } catch (PictureException e) {
                    throw new PictureException("picture " + i + ": " + e.getMessage(), e);
                }
            }
            out.addAll(classify(some));
        }
        return out;
    }

    private List<Classification> classify(List<Pixels> pictures) {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < pictures.size(); i++) {
            Pixels pixels = pictures.get(i);
            // The random share of a prediction set follows from the name.
            String name = answers.sets() == null ? Integer.toString(i) : Sha256.of(pixels.rgb());
            examples.add(new Example(name, new Annotation(new int[0], 1, null, Part.TEST), i, pixels));
        }
        return scorer.score(examples).stream().map(this::answer).toList();
    }

    private Classification answer(Prediction p) {
        double[] probabilities = calibrator.apply(p.logits());
        Prediction calibrated = new Prediction(p.path(), p.label(), p.partition(), p.logits(), probabilities);
        PredictedPicture found =
                PredictedPicture.of(calibrated, classes(), topK, false, answers.of(calibrated, classes()));
        return new Classification(
                found.predicted(),
                found.confidence(),
                found.topK().stream()
                        .map(c -> new Classification.Candidate(c.name(), c.probability()))
                        .toList(),
                Arrays.stream(probabilities).boxed().toList(),
                Boolean.TRUE.equals(found.own().abstain()),
                found.own().set());
    }

    /** Waits for the calls that run, and frees the network's memory. Calling it again does nothing. */
    @Override
    public void close() {
        scorer.close();
    }
}
