package ai.softlabel.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.data.Normalization;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The config.json that timm puts beside its weights. */
class PretrainedConfigTest {
    @TempDir
    Path dir;

    private TrainingSetup applied(String config, ByteArrayOutputStream said) throws IOException {
        Files.writeString(dir.resolve("config.json"), config);
        try (ConsoleProgress console =
                new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            return PretrainedConfig.apply(setup(), new Configuration(), console);
        }
    }

    private TrainingSetup setup() {
        return TrainingSetup.builder()
                .weights(dir.resolve("model.safetensors").toString())
                .build();
    }

    @Test
    void meanAndDeviationAreUsedAndAnotherSizeIsSaid() throws IOException {
        TrainingSetup plain = setup();
        assertSame(plain, PretrainedConfig.apply(plain, new Configuration(), null));
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        TrainingSetup with = applied(
                "{\"architecture\": \"resnet50\", \"num_classes\": 1000, \"pretrained_cfg\": {\"input_size\": [3, 224, 224],"
                        + " \"crop_pct\": 0.95, \"mean\": [0.5, 0.4, 0.3], \"std\": [0.25, 0.5, 0.2]}}",
                said);
        assertEquals(
                new Normalization(List.of(0.5, 0.4, 0.3), List.of(0.25, 0.5, 0.2)),
                with.hyperparameters().normalization());
        String text = said.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("224 pixels") && text.contains("0.95") && text.contains("--image-size is 128"), text);
        // A configuration of something else says nothing of pictures.
        assertEquals(setup(), applied("{}", said));
    }

    @Test
    void whatIsNoneIsRefused() {
        for (String config : List.of(
                "{\"mean\": [0.5], \"std\": [1, 1, 1]}", "{\"mean\": [0, 0, 0], \"std\": [1, 0, 1]}", "no JSON")) {
            JobException e =
                    assertThrows(JobException.class, () -> applied(config, new ByteArrayOutputStream()), config);
            assertEquals(ExitStatus.INPUT, e.status());
        }
    }
}
