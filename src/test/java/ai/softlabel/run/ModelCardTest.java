package ai.softlabel.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.data.Decoding;
import ai.softlabel.data.Normalization;
import ai.softlabel.data.PictureSizes;
import ai.softlabel.data.Preparation;
import ai.softlabel.files.Directory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCardTest {
    @TempDir
    Path dir;

    private Directory run;

    @BeforeEach
    void emptyWeights() throws IOException {
        run = Directory.of("model", dir.toString(), new Configuration());
        Files.write(dir.resolve(ModelCard.WEIGHTS), new byte[0]);
    }

    private static ModelCard card(int... sizes) {
        return new ModelCard(
                "resnet18",
                PictureSizes.of(sizes),
                true,
                List.of("a", "b"),
                Normalization.IMAGENET,
                Decoding.FULL,
                "official",
                0,
                1,
                "x",
                null);
    }

    /** Where pictures are decoded in full, the file is that of versions that could not do otherwise. */
    @Test
    void theDecodingIsNamedWhereItIsNotFull() throws IOException {
        assertFalse(written(card(224)).contains("decode"));
        ModelCard c = card(224);
        ModelCard scaled = new ModelCard(
                c.architecture(),
                c.sizes(),
                c.flip(),
                c.classes(),
                c.normalization(),
                Decoding.SCALED,
                c.split(),
                c.validation(),
                c.seed(),
                c.listing(),
                c.separator());
        String text = written(scaled);
        assertEquals(scaled, ModelCard.read(run));
        assertEquals(new Preparation(224, Decoding.SCALED), ModelCard.read(run).preparation());
        run.writeText(ModelCard.FILE, text.replace("scaled", "halved"));
        String why = assertThrows(JobException.class, () -> ModelCard.read(run)).getMessage();
        assertTrue(why.contains("one of full, scaled"), why);
    }

    private String written(ModelCard card) throws IOException {
        card.write(run);
        return Files.readString(dir.resolve(ModelCard.FILE));
    }

    @Test
    void ofOneSizeHasTheFieldsOfBefore() throws IOException {
        assertFalse(written(card(224)).contains("test_sizes"));
        assertEquals(card(224), ModelCard.read(run));
    }

    @Test
    void ofSeveralSizesNamesAllAndTheLargest() throws IOException {
        assertTrue(written(card(224, 320)).contains("\"image_size\" : 320"));
        assertEquals(card(320, 224), ModelCard.read(run));
        assertEquals(320, ModelCard.read(run).imageSize());
    }

    /** Version 0.1 wants {@code classes} and reads no schema: it refuses what is of several labels. */
    @Test
    void ofSeveralLabelsIsNothingThatAnOlderVersionTakes() throws IOException {
        assertTrue(written(card(224)).contains("\"schema\" : 1"));
        ModelCard one = card(224);
        ModelCard several = new ModelCard(
                one.architecture(),
                one.sizes(),
                one.flip(),
                one.classes(),
                one.normalization(),
                one.decoding(),
                one.split(),
                one.validation(),
                one.seed(),
                one.listing(),
                "|");
        String text = written(several);
        assertTrue(text.contains("\"schema\" : 2") && !text.contains("\"classes\""), text);
        assertEquals(several, ModelCard.read(run));
        // As it was written before there was schema 2.
        String before = text.replace("\"schema\" : 2", "\"schema\" : 1").replace("\"labels\"", "\"classes\"");
        Files.writeString(dir.resolve(ModelCard.FILE), before);
        assertEquals(several, ModelCard.read(run));
        Files.writeString(dir.resolve(ModelCard.FILE), text.replace("\"schema\" : 2", "\"schema\" : 3"));
        JobException e = assertThrows(JobException.class, () -> ModelCard.read(run));
        assertEquals(ExitStatus.INPUT, e.status());
        assertTrue(e.getMessage().contains("schema 1 or 2") && e.getMessage().contains("found 3"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "[]",
                "224",
                "[224]",
                "[224, 320]",
                "[320, 320]",
                "[320, 0]",
                "[320, -1]",
                "[320, 224.5]",
                "[320, \"224\"]",
                "[320, null]",
                "[320, 1e300]",
                "[320, [224]]",
                "[5000, 320]"
            })
    void oddSizesAreALine(String sizes) throws IOException {
        String good = written(card(320));
        Files.writeString(
                dir.resolve(ModelCard.FILE),
                good.replace("\"image_size\"", "\"test_sizes\" : " + sizes + ",\n \"image_size\""));
        JobException e = assertThrows(JobException.class, () -> ModelCard.read(run));
        assertEquals(ExitStatus.INPUT, e.status());
        assertTrue(e.getMessage().contains("test_sizes"), e.getMessage());
    }
}
