package ai.softlabel.command.bench;

import ai.softlabel.Pixels;
import ai.softlabel.data.Decoding;
import ai.softlabel.data.InMemory;
import ai.softlabel.data.Preparation;
import ai.softlabel.run.Build;
import ai.softlabel.run.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * {@code bench decode}: decodes and resizes made pictures of 12 megapixels with each {@link Decoding}, in alternation
 * in one thread, and prints a line with the ratio of the processor times and the difference of the pixels.
 */
public final class DecodeJob {
    private static final int FILES = 4;
    private static final int WARM_UP = 6;

    private final BenchSettings settings;
    private final PrintStream out;
    private long pixels;
    private long difference;
    private int largest;

    /** @param out where the lines are printed */
    public DecodeJob(BenchSettings settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
    }

    /** Measures, and prints a line for each number of pictures. */
    public void run() throws IOException {
        byte[][] files = new byte[FILES][];
        long bytes = 0;
        for (int i = 0; i < files.length; i++) {
            files[i] = MadePhoto.jpeg(i);
            bytes += files[i].length;
        }
        // Until the code is compiled.
        measured(files, WARM_UP);
        for (int pictures : settings.pictures()) {
            out.print(Json.line(measured(files, pictures).put("mean_file_bytes", bytes / files.length)));
            out.flush();
        }
    }

    private ObjectNode measured(byte[][] files, int pictures) throws IOException {
        pixels = 0;
        difference = 0;
        largest = 0;
        int size = settings.setup().hyperparameters().imageSize();
        double[] full = new double[pictures];
        double[] scaled = new double[pictures];
        double[] ratios = new double[pictures];
        for (int i = 0; i < pictures; i++) {
            byte[] file = files[i % files.length];
            boolean fullFirst = i / files.length % 2 == 0;
            Map<Decoding, Pixels> found = new EnumMap<>(Decoding.class);
            for (Decoding d : fullFirst
                    ? new Decoding[] {Decoding.FULL, Decoding.SCALED}
                    : new Decoding[] {Decoding.SCALED, Decoding.FULL}) {
                // Of this thread, so that what else the machine does counts less.
                long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                found.put(d, InMemory.decoded(file, new Preparation(size, d)));
                double seconds = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e9;
                (d == Decoding.FULL ? full : scaled)[i] = seconds;
            }
            ratios[i] = full[i] / scaled[i];
            compare(found.get(Decoding.FULL).rgb(), found.get(Decoding.SCALED).rgb());
        }
        for (double[] all : new double[][] {full, scaled, ratios}) {
            Arrays.sort(all);
        }
        int middle = pictures / 2;
        return Json.object()
                .put("case", settings.which())
                .put("git", Build.current().git())
                .put("pictures", pictures)
                .put("megapixels", MadePhoto.WIDTH * MadePhoto.HEIGHT / 1e6)
                .put("image_size", size)
                .put("processor_seconds_full", full[middle])
                .put("processor_seconds_scaled", scaled[middle])
                .put("ratio", ratios[middle])
                .put("lowest_ratio", ratios[0])
                .put("highest_ratio", ratios[pictures - 1])
                .put("mean_difference", (double) difference / pixels)
                .put("largest_difference", largest);
    }

    private void compare(byte[] one, byte[] other) {
        for (int i = 0; i < one.length; i++) {
            int levels = Math.abs((one[i] & 0xFF) - (other[i] & 0xFF));
            difference += levels;
            largest = Math.max(largest, levels);
        }
        pixels += one.length;
    }
}
