package ai.softlabel.command.export;

import ai.softlabel.JobException;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.data.Decoding;
import ai.softlabel.files.Directory;
import ai.softlabel.network.ActivationRanges;
import ai.softlabel.network.OnnxModel;
import ai.softlabel.network.Weights;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.TrainedModel;
import ai.softlabel.run.CalibrationFile;
import ai.softlabel.run.Json;
import ai.softlabel.run.ModelCard;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The file that {@code export} writes, and what the console says of it. */
final class ExportedFile {
    private final String format;
    private final ConsoleProgress console;
    private final Path target;
    private final Directory folder;

    /** @throws JobException of status 2 where {@code --out} can't be a file */
    ExportedFile(ExportSettings settings, ConsoleProgress console, Configuration configuration) {
        this.format = settings.format();
        this.console = console;
        this.target = new Path(settings.out());
        if (target.isRoot()) {
            throw JobException.options("expected --out to be a file, found %s; give a file's path", settings.out());
        }
        this.folder = Directory.around("out", target, configuration);
    }

    /**
     * Writes the model.
     *
     * @param ranges null for float32, see {@link OnnxModel}
     * @param calibrator the recalibration of the model as it is written
     * @param more metadata beside that of every file
     */
    void write(TrainedModel trained, ActivationRanges ranges, Calibrator calibrator, Map<String, String> more)
            throws IOException {
        ModelCard card = trained.card();
        Map<String, String> metadata = metadata(trained, calibrator);
        metadata.putAll(more);
        folder.write(target.getName(), file -> {
            OutputStream out = new CountedBytes(file, console, bytes(trained, ranges != null));
            if (format.equals("onnx")) {
                OnnxModel.write(trained.model(), trained.state(), ranges, card.imageSize(), metadata, out);
            } else {
                Weights.save(trained.model(), trained.state(), out, metadata);
            }
            out.flush();
        });
        console.print("wrote %s to %s", format, folder.path(target.getName()));
        int views = card.sizes().all().size() * (card.flip() ? 2 : 1);
        if (views > 1) {
            console.print(
                    "the run averages logits over %d views, and its calibration is fitted on these; the file's network gives those of one view, the crop of %d pixels",
                    views, card.imageSize());
        }
    }

    /** About as many as a file has: its names are few beside its numbers. */
    private static long bytes(TrainedModel trained, boolean int8) {
        long numbers = (long) trained.state().weights().length + trained.state().statistics().length;
        return int8 ? numbers : Float.BYTES * numbers;
    }

    /** The classes, preprocessing and views that another program needs to use the model. */
    private static Map<String, String> metadata(TrainedModel trained, Calibrator calibrator) {
        ModelCard card = trained.card();
        ObjectNode preprocessing = Json.object()
                .put("resize_short_side", ai.softlabel.data.Preprocessing.shortSide(card.imageSize()))
                .put("center_crop", card.imageSize())
                .put("scale", 1 / 255.0)
                .put("channels", "RGB");
        if (card.decoding() != Decoding.FULL) {
            preprocessing.put("decode", card.decoding().word());
        }
        card.normalization().mean().forEach(preprocessing.putArray("mean")::add);
        card.normalization().deviation().forEach(preprocessing.putArray("deviation")::add);
        ArrayNode sizes = preprocessing.arrayNode();
        card.sizes().all().forEach(sizes::add);
        ArrayNode classes = preprocessing.arrayNode();
        card.classes().forEach(classes::add);
        Map<String, String> all = new LinkedHashMap<>();
        all.put("format", "pt");
        all.put("architecture", trained.model().architecture());
        all.put("preprocessing", preprocessing.toString());
        all.put("classes", classes.toString());
        all.put("test_sizes", sizes.toString());
        all.put("test_flip", String.valueOf(card.flip()));
        all.put("calibration", CalibrationFile.json(calibrator).toString());
        return all;
    }
}
