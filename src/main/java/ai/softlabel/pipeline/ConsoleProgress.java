package ai.softlabel.pipeline;

import ai.softlabel.Plain;
import ai.softlabel.Seconds;
import ai.softlabel.metrics.CalibrationError;
import ai.softlabel.metrics.Reliability;
import ai.softlabel.metrics.Summary;
import ai.softlabel.score.Evaluation;
import ai.softlabel.spark.LiveChannel;
import ai.softlabel.train.Progress;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Prints progress: on a terminal one live line per epoch, otherwise a plain line every ten seconds. Figures of a
 * running epoch arrive over the plugin's channel.
 */
public final class ConsoleProgress implements AutoCloseable {
    private static final double PLAIN_SECONDS = 10;

    private final PrintStream out;
    private final boolean terminal;
    private final Consumer<Object> listener = this::receive;
    private int batchSize;
    private int epochs;
    private int width;
    private double lastPlain;

    /** @param terminal whether {@code out} is a terminal, where a line can be overwritten */
    public ConsoleProgress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
        LiveChannel.listen(listener);
    }

    /** Progress that nobody reads. */
    public static ConsoleProgress silent() {
        return new ConsoleProgress(
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8), false);
    }

    /** Prints a line. */
    public synchronized void print(String format, Object... values) {
        wipe();
        out.println(Plain.text(String.format(Locale.ROOT, format, values)));
        out.flush();
    }

    /** Whether the output is a terminal, where a line can be overwritten. */
    boolean terminal() {
        return terminal;
    }

    /** Shows a line of progress; on a terminal it replaces the last one. */
    synchronized void live(String text) {
        String line = Plain.text(text);
        if (terminal) {
            wipe();
            out.print(line);
            width = line.length();
        } else {
            out.println(line);
        }
        out.flush();
    }

    /** Sets the batch size and the number of epochs that progress is measured against. */
    public synchronized void expect(int pictures, int ofEpochs) {
        batchSize = pictures;
        epochs = ofEpochs;
    }

    private void receive(Object message) {
        if (message instanceof Progress p) {
            progress(p);
        }
    }

    private synchronized void progress(Progress p) {
        // Steps outside a training, such as those of bench, are not printed.
        if (epochs == 0
                || p.step() == p.steps()
                || (!terminal && p.seconds() - lastPlain < PLAIN_SECONDS && p.seconds() > lastPlain)) {
            return;
        }
        lastPlain = p.seconds();
        double perStep = p.seconds() / p.step();
        double left = perStep * ((double) (epochs - p.epoch()) * p.steps() - p.step());
        String line = String.format(
                Locale.ROOT,
                "epoch %d of %d  step %d of %d  loss %.4f  lr %.2e  %.1f images/s  %s left",
                p.epoch() + 1,
                epochs,
                p.step(),
                p.steps(),
                p.loss(),
                p.rate(),
                batchSize / perStep,
                Seconds.text(left));
        live(line);
    }

    /** An epoch's figures. */
    public void epoch(int epoch, double loss, double seconds, double imagesPerSecond, Summary test) {
        lastPlain = 0;
        String figures = test.count() == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        "  test error %.2f %%%s  NLL %.4f  ECE %.4f  Brier %.4f",
                        100 * test.error(),
                        test.classCount() <= 5
                                ? ""
                                : String.format(Locale.ROOT, "  top-5 %.2f %%", 100 * test.topFiveError()),
                        test.nll(),
                        CalibrationError.ece(test),
                        test.brier());
        print(
                "epoch %d of %d  loss %.4f%s  (%s, %.1f images/s)",
                epoch, epochs, loss, figures, Seconds.text(seconds), imagesPerSecond);
    }

    /** The table of the partitions. */
    public void partitions(List<Evaluation.Partition> partitions) {
        print("%-9s %-22s %7s %8s %8s %8s", "partition", "host", "count", "error", "NLL", "ECE");
        for (Evaluation.Partition p : partitions) {
            Reliability s = p.summary();
            print(
                    "%-9d %-22s %7d %8.4f %8.4f %8.4f",
                    p.id(), p.host(), s.count(), s.error(), s.nll(), CalibrationError.ece(s));
        }
    }

    private void wipe() {
        if (width > 0) {
            out.print("\r" + " ".repeat(width) + "\r");
            width = 0;
        }
    }

    @Override
    public void close() {
        LiveChannel.ignore(listener);
        synchronized (this) {
            wipe();
            out.flush();
        }
    }
}
