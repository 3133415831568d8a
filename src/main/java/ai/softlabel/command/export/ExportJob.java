package ai.softlabel.command.export;

import ai.softlabel.JobException;
import ai.softlabel.data.Decoding;
import ai.softlabel.files.Directory;
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

/** {@code export}: writes a run's model for other programs. It does not start Spark. */
public final class ExportJob {
    private final ExportSettings settings;
    private final ConsoleProgress console;
    private final Configuration configuration = new Configuration();

    public ExportJob(ExportSettings settings, ConsoleProgress console) {
        this.settings = settings;
        this.console = console;
    }

    /** Writes the file. */
    public void run() throws IOException {
        Directory run = Directory.of("model", settings.model(), configuration);
        TrainedModel trained = TrainedModel.read(run);
        ModelCard card = trained.card();
        Path target = new Path(settings.out());
        if (target.isRoot()) {
            throw JobException.options("expected --out to be a file, found %s; give a file's path", settings.out());
        }
        Directory folder = Directory.around("out", target, configuration);
        Map<String, String> metadata = metadata(trained);
        boolean onnx = settings.format().equals("onnx");
        folder.write(target.getName(), file -> {
            OutputStream out = new CountedBytes(file, console, bytes(trained));
            if (onnx) {
                OnnxModel.write(trained.model(), trained.state(), card.imageSize(), metadata, out);
            } else {
                Weights.save(trained.model(), trained.state(), out, metadata);
            }
            out.flush();
        });
        console.print("wrote %s to %s", settings.format(), folder.path(target.getName()));
        int views = card.sizes().all().size() * (card.flip() ? 2 : 1);
        if (views > 1) {
            console.print(
                    "the run averages logits over %d views, and its calibration is fitted on these; the file's network gives those of one view, the crop of %d pixels",
                    views, card.imageSize());
        }
    }

    /** About as many as a file has: its names are few beside its numbers. */
    private static long bytes(TrainedModel trained) {
        return Float.BYTES
                * ((long) trained.state().weights().length + trained.state().statistics().length);
    }

    /** The classes, preprocessing and views that another program needs to use the model. */
    private static Map<String, String> metadata(TrainedModel trained) {
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
        all.put("calibration", CalibrationFile.json(trained.calibrator()).toString());
        return all;
    }
}
