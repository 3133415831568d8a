package ai.softlabel.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.browser.Accessibility;
import ai.softlabel.browser.Browser;
import ai.softlabel.metrics.Summary;
import ai.softlabel.run.ConfusionCell;
import ai.softlabel.run.MetricsSection;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/**
 * The pages of runs, studies and comparisons in Chromium: by keyboard, in the dark, on a phone and in print, with axe's
 * checks.
 */
@Tag("pages")
class ReportPagesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HOSTILE = "<b>Bengal</b>";
    private static final List<String> CLASSES = List.of("Abyssinian", HOSTILE, "beagle", "boxer");
    private static final byte[] DOT = Base64.getDecoder()
            .decode("/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP//////////////////////////////////////////"
                    + "////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAA"
                    + "AAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AR//Z");

    @TempDir
    Path dir;

    private static Summary summary() {
        SplittableRandom r = new SplittableRandom(11);
        Summary s = new Summary();
        for (int i = 0; i < 300; i++) {
            double[] p = r.doubles(CLASSES.size(), 0, 1).map(v -> v * v * v).toArray();
            double sum = p[0] + p[1] + p[2] + p[3];
            for (int c = 0; c < p.length; c++) {
                p[c] = Math.min(1, p[c] / sum);
            }
            s.update(p, r.nextInt(p.length));
        }
        return s;
    }

    private static ObjectNode sets(int count) throws IOException {
        String figures =
                "\"coverage\":0.9412,\"coverage_interval\":[0.91,0.96],\"size\":1.4,\"size_interval\":[1.3,1.5],"
                        + "\"empty\":0.01";
        ObjectNode slice = (ObjectNode) JSON.readTree("{\"count\":" + count + "," + figures + "}");
        ObjectNode sets = (ObjectNode) JSON.readTree("{\"chosen\":\"lac\",\"wanted\":0.95,\"held_out\":400,"
                + "\"methods\":{\"lac\":{" + figures + "}},\"levels\":[{\"wanted\":0.95," + figures + "}],"
                + "\"classes\":{},\"slices\":{\"species\":{},\"confidence\":{}}}");
        CLASSES.forEach(c -> ((ObjectNode) sets.get("classes")).set(c, slice));
        ((ObjectNode) sets.at("/slices/species")).set("cat", slice);
        ((ObjectNode) sets.at("/slices/confidence"))
                .set("80 to 100 %", slice.deepCopy().put("coverage", 0.9876));
        return sets;
    }

    /** A report with every section that the page shows. */
    private static ObjectNode report() throws IOException {
        Summary s = summary();
        ObjectNode report = (ObjectNode) JSON.readTree("""
                {"version":"0.2.0","git":"abc","spark":{"version":"4.0.1","master":"local[2]","executors":1,"cores":2},
                 "data":{"path":"/pictures","split":"official","train":500,"validation":100,"test":300},
                 "model":{"architecture":"resnet18","image_size":224,"weights":"none","parameters":11000000},
                 "training":{"loss":"label-smoothing:epsilon=0.1","seed":1,"epochs":3,"minimum_loss":0.3}}""");
        report.set("test", MetricsSection.full(s, Map.of("error", new double[] {0.1, 0.2})));
        ObjectNode recalibrated = report.putObject("recalibrated").put("chosen", "temperature");
        MetricsSection.figures(recalibrated, s);
        MetricsSection.bins(recalibrated, s);
        MetricsSection.curves(recalibrated, s);
        ObjectNode methods = recalibrated.putObject("methods");
        for (String method : List.of("none", "temperature")) {
            MetricsSection.figures(methods.putObject(method).put("validation_nll", 0.5), s);
        }
        report.set("selective", JSON.readTree(TrustSectionTest.SCORES));
        report.set("sets", sets(75));
        ObjectNode slices = report.putObject("slices");
        ObjectNode brief = JSON.createObjectNode()
                .put("count", 75)
                .put("error", 0.2)
                .put("nll", 0.7)
                .put("ece", 0.1);
        CLASSES.forEach(c -> slices.withObjectProperty("breed").set(c, brief));
        slices.putObject("species").set("cat", brief);
        slices.putObject("confidence").set("80 to 100 %", brief);
        report.putArray("partitions").add(brief.deepCopy().put("id", 0).put("host", "worker-1"));
        return report;
    }

    private static List<JsonNode> epochs() {
        List<JsonNode> epochs = new ArrayList<>();
        for (int e = 1; e <= 3; e++) {
            ObjectNode line = JSON.createObjectNode().put("epoch", e).put("loss", 2.0 / e);
            line.putObject("test").put("error", 0.5 / e).put("nll", 1.0 / e).put("ece", 0.2 / e);
            line.putObject("validation").put("nll", 1.1 / e).put("nll_after_temperature", 0.9 / e);
            epochs.add(line);
        }
        return epochs;
    }

    private String written(String name, String page) throws IOException {
        return Files.writeString(dir.resolve(name), page).toUri().toString();
    }

    @Test
    void aRunsReportIsForEveryone() throws IOException {
        List<ConfusionCell> cells =
                List.of(new ConfusionCell("boxer", "beagle", 9), new ConfusionCell("boxer", "boxer", 60));
        String url = written(
                "report.html",
                HtmlReport.of(
                        report(),
                        epochs(),
                        cells,
                        List.of(new Misclassification("a/" + HOSTILE + ".jpg", "boxer", HOSTILE, 0.97, DOT))));
        try (Browser browser = Browser.start()) {
            Accessibility.check(browser, url);
            // The threshold moves by keys, and what it costs is told.
            browser.look(url, 1280, false);
            WebElement slider = browser.driver().findElement(By.id("threshold"));
            WebElement cost = browser.driver().findElement(By.id("cost"));
            String before = cost.getText();
            assertTrue(before.contains("answers 83 %"), before);
            slider.sendKeys(Keys.ARROW_RIGHT);
            assertNotEquals(before, cost.getText());
            assertTrue(cost.getText().contains("answers 100 %"), cost.getText());
            assertEquals("100 %", slider.getAttribute("aria-valuetext"));
            String slices = browser.driver()
                    .findElement(By.cssSelector("[aria-label=Slices]"))
                    .getText();
            assertTrue(
                    slices.contains("class " + HOSTILE + " 75 0.2000 0.7000 0.1000 0.9412 0.9100 to 0.9600"), slices);
            assertTrue(slices.contains("confidence 80 to 100 % 75 0.2000 0.7000 0.1000 0.9876"), slices);
            assertEquals(List.of(), browser.console());
        }
    }

    @Test
    void aReportWithoutSetsHasItsSlicesStill() throws IOException {
        ObjectNode report = report();
        report.remove("sets");
        String table = SliceTable.of(report);
        assertTrue(table.contains("<td>class boxer</td><td>75</td><td>0.2000</td>"), table);
        assertFalse(table.contains("coverage"), table);
        report.remove("slices");
        assertEquals("", SliceTable.of(report));
    }

    @Test
    void aReportOfSeveralLabelsIsForEveryone() throws IOException {
        ObjectNode report = report();
        ObjectNode labels = report.putObject("labels").put("count", 300).put("chosen", "platt");
        for (String figure : List.of("map_macro", "map_micro", "nll", "nll_plain", "ece", "ece_plain")) {
            labels.put(figure, 0.5);
        }
        for (String mean : List.of("macro", "micro")) {
            labels.putObject(mean).put("f1", 0.5).put("precision", 0.5).put("recall", 0.5);
        }
        ObjectNode each = labels.putObject("each");
        CLASSES.forEach(c -> {
            ObjectNode n = each.putObject(c).put("count", 20);
            List.of("average_precision", "threshold", "precision", "recall", "f1", "ece", "ece_plain")
                    .forEach(f -> n.put(f, 0.5));
        });
        labels.putObject("methods").putObject("platt").put("validation_nll", 0.3);
        String page = LabelsPage.of(report, epochs());
        assertTrue(page.contains("after the best temperature"), page);
        String url = written("report.html", page);
        try (Browser browser = Browser.start()) {
            Accessibility.check(browser, url);
        }
    }

    @Test
    void aComparisonIsForEveryone() throws IOException {
        List<ComparedRun> runs = new ArrayList<>();
        // More runs than colours, so that some lines are dashed.
        for (int i = 0; i < 6; i++) {
            runs.add(new ComparedRun(
                    "runs/" + HOSTILE + "-" + i, report(), epochs(), Map.of("lr", "0.0" + i, "smoothing", "0.1")));
        }
        String page = ComparisonPage.of(Comparison.of(runs));
        assertTrue(page.contains("(dashed)") && page.contains("<td>0.05</td>"), page);
        String url = written("compared.html", page);
        try (Browser browser = Browser.start()) {
            Accessibility.check(browser, url);
        }
    }

    @Test
    void aStudyOfLossesIsForEveryone() throws IOException {
        ObjectNode study = JSON.createObjectNode();
        study.put("transfer", "/other/" + HOSTILE);
        ArrayNode table = study.putArray("table");
        ObjectNode projection = study.putObject("projection");
        CLASSES.subList(0, 3).forEach(projection.putArray("classes")::add);
        ArrayNode planes = projection.putArray("losses");
        for (String loss : List.of("label-smoothing:epsilon=0.0", "focal:gamma=3.0", "focal:gamma=1.0")) {
            ObjectNode row = table.addObject()
                    .put("loss", loss)
                    .put("runs", 3)
                    .put("held_out_nll", 0.4321)
                    .put("chosen", !loss.endsWith("1.0"));
            ObjectNode deviations = row.putObject("deviations");
            ObjectNode differences = row.putObject("differences");
            for (String figure : List.of(
                    "error",
                    "nll",
                    "nll_recalibrated",
                    "ece",
                    "ece_recalibrated",
                    "ece_if_calibrated",
                    "aurc",
                    "aurc_p_norm",
                    "aurc_p_norm_from_aurc",
                    "aurc_excess",
                    "aurc_excess_p_norm",
                    "aurc_excess_p_norm_from_aurc_excess",
                    "set_size",
                    "set_coverage",
                    "answered",
                    "answered_error",
                    "tightness",
                    "transfer")) {
                row.put(figure, 0.1234);
                deviations.put(figure, 0.0021);
                if (table.size() == 1) {
                    // The first loss differs from itself by nothing.
                    ObjectNode same = differences.putObject(figure).put("value", 0);
                    same.putArray("interval").add(0).add(0);
                    same.putArray("by_seed").add(0).add(0).add(0);
                    same.putArray("seeds_interval").add(0).add(0);
                    continue;
                }
                ObjectNode d = differences.putObject(figure).put("value", 0.01);
                // By the pictures all of them count; by the seeds the error does not.
                d.putArray("interval").add(0.002).add(0.03);
                d.putArray("by_seed")
                        .add(0.02)
                        .add(figure.equals("error") ? -0.001 : 0.01)
                        .add(0.01);
                d.putArray("seeds_interval").add(-0.0151).add(0.0352);
            }
            ObjectNode plane = planes.addObject().put("loss", loss).put("tightness", 0.4);
            for (int i = 0; i < 9; i++) {
                plane.withArray("points").addArray().add(i).add(i * i % 7).add(i % 3);
            }
        }
        List<String> sentences = LossSentences.of(table);
        assertTrue(
                sentences
                        .get(0)
                        .contains(
                                "higher with none, and not clearly different, by its interval or by some seed, with the other 1."),
                sentences.get(0));
        assertTrue(
                sentences.get(1).contains("higher with focal:gamma=3.0 (+0.0100, +0.0020 to +0.0300), and"),
                sentences.get(1));
        assertFalse(String.join(" ", sentences).contains("gamma=1.0"), sentences.toString());
        // The p-norm score leaves AURC higher; whether the order is worse is told by the excess alone.
        assertTrue(
                sentences
                        .get(3)
                        .contains("higher too with focal:gamma=3.0 (+0.0100, +0.0020 to +0.0300): there the order"),
                sentences.get(3));
        ((ArrayNode) table.at("/1/differences/aurc_excess_p_norm_from_aurc_excess/interval")).set(0, -0.002);
        assertTrue(
                LossSentences.of(table).get(3).contains("is not clearly higher: they err more often"),
                LossSentences.of(table).get(3));
        String page = LossStudyPage.of(study, report());
        assertTrue(page.contains("Each loss at its best strength") && page.contains("0.1234 ± 0.0021"), page);
        assertTrue(page.contains("+0.0100 (+0.0020 to +0.0300)<br>seeds -0.0151 to +0.0352"), page);
        assertTrue(page.contains("Error by transfer is 0.1234"), page);
        List<String> csv = LossStudyPage.csv(study).lines().toList();
        assertEquals(4, csv.size());
        for (String line : csv) {
            assertEquals(csv.get(0).split(",").length, line.split(",").length, line);
        }
        assertTrue(csv.get(0).contains(",transfer_difference,"), csv.get(0));
        withoutTransfer(study.deepCopy());
        String url = written("study.html", page);
        try (Browser browser = Browser.start()) {
            Accessibility.check(browser, url);
        }
    }

    /** Without --transfer a study has none of its columns. */
    private static void withoutTransfer(ObjectNode study) throws IOException {
        study.remove("transfer");
        for (JsonNode row : study.get("table")) {
            ((ObjectNode) row).remove("transfer");
            ((ObjectNode) row.get("differences")).remove("transfer");
        }
        for (String text : List.of(
                LossStudyPage.of(study, report()),
                LossStudyPage.csv(study),
                String.join("\n", LossStudyPage.lines(study)))) {
            assertFalse(text.contains("transfer"), text);
        }
    }
}
