package ai.softlabel.command.bench;

import ai.softlabel.JobException;
import ai.softlabel.command.predict.PredictJob;
import ai.softlabel.command.predict.PredictSettings;
import ai.softlabel.command.train.TrainJob;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.files.Directory;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Session;
import ai.softlabel.run.Build;
import ai.softlabel.run.Json;
import ai.softlabel.spark.ProcessMemory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * {@code bench size}: predicts small and large numbers of made pictures ({@link MadeFileSystem}) in this process, and
 * prints a line for each with the memory that it took. What is compared is the live heap after collections during the
 * run, and what the process holds besides its heap.
 */
public final class SizeJob {
    private static final double MOST_GROWTH = 1.1;
    private static final long SAMPLE_MILLIS = 2000;

    private final BenchSettings settings;
    private final Session session;
    private final PrintStream out;

    /** @param out where the lines are printed */
    public SizeJob(BenchSettings settings, Session session, PrintStream out) {
        this.settings = settings;
        this.session = session;
        this.out = out;
    }

    /**
     * What a run took.
     *
     * @param heap the most bytes that were in use after a collection
     * @param beside the most bytes that the process held beside its heap
     */
    record Measured(int pictures, double seconds, long heap, long beside) {
        double rate() {
            return pictures / seconds;
        }
    }

    /** Measures, prints the lines, and writes {@code size.md} with a table into {@code --out} where it is given. */
    public void run() throws IOException {
        if (!session.spark().sc().isLocal()) {
            throw JobException.options(
                    "expected --master local[N] for bench size, for it measures one process, found %s; give that",
                    session.spark().master());
        }
        MadeFileSystem.register(session.spark().hadoopConfiguration());
        Path scratch = Files.createTempDirectory("softlabel-size");
        List<Measured> all = new ArrayList<>();
        try (ConsoleProgress nothing = new ConsoleProgress(new PrintStream(OutputStream.nullOutputStream()), false)) {
            String model = scratch.resolve("model").toString();
            new TrainJob(TrainSettings.builder(settings.setup(), model).build(), session, nothing).run();
            // The first run compiles, loads classes and fills caches that later ones share.
            predict(model, settings.pictures().get(0), scratch.resolve("warm").toString(), nothing);
            for (int pictures : settings.pictures()) {
                all.add(predict(model, pictures, scratch.resolve("n" + pictures).toString(), nothing));
            }
        } finally {
            Directory.of("out", scratch.toString(), session.spark().hadoopConfiguration())
                    .delete("");
        }
        for (Measured m : all) {
            out.print(Json.line(line(m, all.get(0))));
        }
        out.flush();
        if (settings.out() != null) {
            Directory.of("out", settings.out(), session.spark().hadoopConfiguration())
                    .writeText("size.md", table(all));
        }
    }

    private Measured predict(String model, int pictures, String to, ConsoleProgress nothing) throws IOException {
        PredictSettings predict =
                new PredictSettings(model, MadeFileSystem.of(pictures), to, 0, false, 5, false, false);
        try (Sampler sampler = new Sampler()) {
            long startTime = System.nanoTime();
            new PredictJob(predict, session, nothing).run();
            double seconds = (System.nanoTime() - startTime) / 1e9;
            sampler.sample();
            return new Measured(pictures, seconds, sampler.heap, sampler.beside);
        }
    }

    /** Looks at the memory now and then, after a collection. */
    private static final class Sampler implements AutoCloseable {
        private final Thread thread = new Thread(this::watch, "softlabel-size");
        private volatile long heap;
        private volatile long beside;

        Sampler() {
            thread.setDaemon(true);
            thread.start();
        }

        private void watch() {
            try {
                while (true) {
                    Thread.sleep(SAMPLE_MILLIS);
                    sample();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        synchronized void sample() {
            System.gc();
            var use = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
            heap = Math.max(heap, use.getUsed());
            beside = Math.max(beside, ProcessMemory.resident() - use.getCommitted());
        }

        @Override
        public void close() {
            thread.interrupt();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private ObjectNode line(Measured m, Measured first) {
        return Json.object()
                .put("case", settings.which())
                .put("git", Build.current().git())
                .put("master", session.spark().master())
                .put("architecture", settings.setup().hyperparameters().architecture())
                .put("image_size", settings.setup().hyperparameters().imageSize())
                .put("pictures", m.pictures())
                .put("seconds", m.seconds())
                .put("images_per_second", m.rate())
                .put("live_heap_bytes", m.heap())
                .put("beside_heap_bytes", m.beside())
                .put("within", m.heap() <= MOST_GROWTH * first.heap() && m.beside() <= MOST_GROWTH * first.beside());
    }

    private static String table(List<Measured> all) {
        StringBuilder text = new StringBuilder("| pictures | images/s | live heap, MB | beside the heap, MB |\n");
        text.append("|---|---|---|---|\n");
        for (Measured m : all) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %,d | %.0f | %d | %d |%n",
                    m.pictures(),
                    m.rate(),
                    m.heap() >> 20,
                    m.beside() >> 20));
        }
        return text.toString();
    }
}
