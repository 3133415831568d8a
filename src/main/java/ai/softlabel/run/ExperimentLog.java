package ai.softlabel.run;

import ai.softlabel.JobException;
import ai.softlabel.Plain;
import ai.softlabel.files.Directory;
import ai.softlabel.loss.Losses;
import ai.softlabel.train.Recipe;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A CSV file with a line for each training: its settings, and its figures on the validation part, or on the test part
 * if there is none.
 */
public final class ExperimentLog {
    private static final String HEAD =
            "git,architecture,weights,split,validation,seed,image_size,test_size,test_flip,batch_size,"
                    + "epochs,frozen_epochs,freeze_norm,views,head_passes,lr,frozen_lr,head_lr_factor,early_lr_factor,optimizer,schedule,"
                    + "weight_decay,average,loss,min_scale,mixup,cutmix,dropout,seconds,part,count,error,nll,ece,recalibration,"
                    + "recalibrated_nll,head_weight_decay,stage_lr_factor,l2_sp,store_size";

    private ExperimentLog() {}

    /** Appends a run; a new file gets a header line first. */
    public static void append(String file, Configuration configuration, Recipe r, JsonNode report) throws IOException {
        Path path = new Path(file);
        Directory folder = Directory.around("experiments", path, configuration);
        String before = check(file, configuration);
        String part = Stream.of("validation", PredictionFiles.CROSS_FITTED, "test")
                .filter(report::has)
                .findFirst()
                .orElseThrow();
        JsonNode of = report.get(part);
        boolean several = report.has("labels");
        String chosen =
                report.at(several ? "/labels/chosen" : "/recalibrated/chosen").asText("");
        JsonNode heldOut = report.at(several ? "/labels/methods/" + chosen : "/recalibrated");
        List<Object> values = new ArrayList<>(List.of(
                report.at("/git").asText(),
                r.architecture(),
                Plain.csv(report.at("/model/weights").asText().replaceFirst(".*/", "")),
                report.at("/data/split").asText(),
                report.at("/data/validation").asLong(),
                r.seed(),
                r.imageSize(),
                r.testSizes().text().replace(',', '+'),
                report.at("/model/test_flip").asBoolean(),
                r.batchSize(),
                r.epochs(),
                r.frozenEpochs(),
                r.frozenNorm(),
                r.augmentation().views(),
                r.headPasses(),
                r.optimization().rate(),
                r.optimization().frozenRate(),
                r.optimization().headFactor(),
                r.optimization().earlyFactor(),
                r.optimization().optimizer(),
                r.optimization().schedule()));
        values.addAll(List.of(
                r.optimization().weightDecay(),
                r.optimization().average(),
                Losses.text(r.loss()).replace(',', ';'),
                r.augmentation().minScale(),
                r.augmentation().mixup(),
                r.augmentation().cutmix(),
                r.augmentation().dropout(),
                rounded(report.at("/training/seconds")),
                part,
                of.path("count").asLong(),
                rounded(of.path("error")),
                rounded(of.path("nll")),
                rounded(of.path("ece")),
                chosen,
                chosen.isEmpty() ? "" : rounded(heldOut.path("validation_nll")),
                r.optimization().headDecay(),
                r.optimization().stageFactor(),
                r.optimization().l2sp(),
                r.hyperparameters().storedSide()));
        String line = String.join(",", values.stream().map(Object::toString).toList());
        folder.writeText(path.getName(), before + line + "\n");
    }

    /**
     * The file's content; the header line if the file is new.
     *
     * @throws JobException of status 3 if it is another kind of file
     */
    public static String check(String file, Configuration configuration) throws IOException {
        Path path = new Path(file);
        Directory folder = Directory.around("experiments", path, configuration);
        String before = folder.has(path.getName()) ? folder.readText(path.getName()) : HEAD + "\n";
        if (!before.startsWith(HEAD + "\n")) {
            throw JobException.input(
                    "expected --experiments %s to start with the columns of this version, found others; give another file",
                    file);
        }
        return before;
    }

    private static String rounded(JsonNode n) {
        return n.isNumber() ? String.format(Locale.ROOT, "%.4f", n.asDouble()) : "";
    }
}
