package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Program;
import ai.softlabel.browser.Accessibility;
import ai.softlabel.browser.Browser;
import ai.softlabel.command.train.TrainJob;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Session;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;

/** The Training tab in a running application, and in the history server afterwards. */
@Tag("pages")
class TrainingTabTest extends JobFixture {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.ALWAYS).build();

    @AfterEach
    void properties() {
        List.of("spark.eventLog.enabled", "spark.eventLog.dir", "spark.ui.port", "spark.metrics.conf")
                .forEach(System::clearProperty);
        System.setProperty("spark.ui.enabled", "false");
    }

    @Test
    void showsARunningTrainingAndAFinishedOneInTheHistoryServer() throws Exception {
        Path log = Files.createDirectory(dir.resolve("log"));
        System.setProperty("spark.ui.enabled", "true");
        System.setProperty("spark.ui.port", "0");
        System.setProperty("spark.eventLog.enabled", "true");
        System.setProperty("spark.eventLog.dir", log.toUri().toString());
        System.setProperty(
                "spark.metrics.conf",
                Path.of("conf/metrics.properties").toAbsolutePath().toString());
        List<String> seen = new CopyOnWriteArrayList<>();
        String application;
        try (Session session = Session.start("train", "local[2]");
                ConsoleProgress console =
                        new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            application = session.spark().sc().applicationId();
            String ui = session.spark().sc().uiWebUrl().get();
            assertTrue(get(ui + "/training/").contains("No training has been started"));
            Thread watcher = new Thread(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    try {
                        seen.add(get(ui + "/training/"));
                        Thread.sleep(100);
                    } catch (IOException | InterruptedException e) {
                        return;
                    }
                }
            });
            watcher.start();
            new TrainJob(with(settings(pets, dir.resolve("run")), "epochs", 4), session, console).run();
            watcher.interrupt();
            watcher.join();
            assertTrue(seen.stream().anyMatch(p -> p.contains("data-status=\"running\"")), "seen while it ran");
            shows(ui + "/training/", ui);
            metricsAreThere(get(ui + "/metrics/prometheus/"), report(dir.resolve("run")));
            theDashboardFindsThem(get(ui + "/metrics/prometheus/"));
            openMetricsAreThere(get(ui + "/metrics/prometheus/"), report(dir.resolve("run")));
            String stages = get(ui + "/stages/");
            assertTrue(stages.contains("epoch 4 of 4, steps 1-5"), stages);
        }
        assertTrue(seen.stream().anyMatch(p -> p.contains("Epoch ") && p.contains(" of 4, step ")), "live progress");

        int port = Program.freePort();
        Process server = historyServer(log, port);
        try {
            String page = "http://127.0.0.1:" + port + "/history/" + application + "/training/";
            for (int i = 0; i < 120 && !answers(page); i++) {
                Thread.sleep(500);
            }
            shows(page, "http://127.0.0.1:" + port + "/history/" + application);
        } finally {
            server.destroy();
            server.waitFor();
        }
    }

    private static void metricsAreThere(String all, JsonNode report) {
        Map<String, Double> found = new HashMap<>();
        all.lines()
                .filter(l -> l.contains("LiveChannel"))
                .forEach(l -> found.put(
                        l.replaceFirst(".*LiveChannel_", "").replaceFirst("[{].*", ""),
                        Double.parseDouble(l.substring(l.lastIndexOf(' ')))));
        assertEquals(report.at("/training/final_loss").asDouble(), found.get("loss_Value"), 1e-9, all);
        assertEquals(report.at("/test/error").asDouble(), found.get("test_error_Value"), 1e-9);
        assertEquals(4.0, found.get("epoch_Value"));
        assertTrue(found.get("resident_bytes_Value") > 1e8 && found.get("step_Count") >= 40, found.toString());
    }

    private static void openMetricsAreThere(String all, JsonNode report) {
        Map<String, Double> found = new HashMap<>();
        all.lines()
                .filter(l -> l.startsWith("softlabel_"))
                .forEach(l -> found.put(
                        l.replaceFirst("[{ ].*", ""), Double.parseDouble(l.substring(l.lastIndexOf(' ') + 1))));
        assertEquals(report.at("/training/final_loss").asDouble(), found.get("softlabel_loss"), 1e-9, all);
        assertEquals(report.at("/test/error").asDouble(), found.get("softlabel_test_error_ratio"), 1e-9);
        assertEquals(0.0, found.get("softlabel_nonfinite_losses_total"));
        assertTrue(found.get("softlabel_executor_steps_total") >= 40, found.toString());
        assertTrue(found.get("softlabel_executor_resident_memory_bytes") > 1e8, found.toString());
    }

    /** Every figure that the dashboard asks for is there under that name. */
    private static void theDashboardFindsThem(String all) throws IOException {
        List<String> names = all.lines().map(l -> l.replaceFirst("[{ ].*", "")).toList();
        JsonNode panels =
                JSON.readTree(Path.of("conf/grafana-dashboard.json").toFile()).get("panels");
        int asked = 0;
        for (JsonNode panel : panels) {
            for (JsonNode target : panel.get("targets")) {
                Matcher name = Pattern.compile("softlabel_\\w+")
                        .matcher(target.get("expr").asText());
                while (name.find()) {
                    assertTrue(names.contains(name.group()), name.group() + " in " + names);
                    asked++;
                }
            }
        }
        assertEquals(13, asked);
    }

    private Process historyServer(Path log, int port) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(
                        Stream.of(System.getProperty("java.home") + "/bin/java"),
                        Stream.of(
                                "-cp",
                                System.getProperty("java.class.path"),
                                "-Dspark.history.fs.logDirectory=" + log.toUri(),
                                "-Dspark.history.ui.port=" + port,
                                "-Dspark.history.store.path=" + dir.resolve("store"),
                                "org.apache.spark.deploy.history.HistoryServer"))
                .toList());
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        return builder.redirectErrorStream(true)
                .redirectOutput(new File(dir.toFile(), "history.log"))
                .start();
    }

    private static void shows(String page, String base) throws Exception {
        String html = get(page);
        // Spark tells its pages of an event a moment later.
        for (int i = 0; i < 100 && !html.contains("data-status=\"done\""); i++) {
            Thread.sleep(100);
            html = get(page);
        }
        for (String shown :
                List.of("data-status=\"done\"", "Done: 4 epochs.", "reliability diagram", "images/s", "Executors in")) {
            assertTrue(html.contains(shown), shown + " in " + html);
        }
        try (Browser browser = Browser.start()) {
            browser.look(base + "/jobs/", 1280, false);
            browser.driver().findElement(By.linkText("Training")).click();
            assertEquals(List.of(), browser.console());
            assertTrue(browser.driver().getCurrentUrl().contains("/training"));
            assertEquals(
                    4,
                    browser.driver()
                            .findElements(By.cssSelector("#softlabel-training .charts svg"))
                            .size());
            String bar = browser.driver()
                    .findElement(By.cssSelector("#softlabel-training .bar div"))
                    .getCssValue("background-color");
            assertTrue(bar.contains("31, 111, 235"), "the style sheet is there: " + bar);
            Accessibility.checkPart(browser, page, "#softlabel-training", 30);
        }
    }

    private static boolean answers(String url) {
        try {
            return get(url).contains("softlabel-training");
        } catch (IOException | InterruptedException e) {
            return false;
        }
    }

    private static String get(String url) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
