package ai.softlabel.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A real Chromium without a window. */
public final class Browser implements AutoCloseable {
    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Starts Chromium; a test is skipped where there is none, but not where SOFTLABEL_BROWSER says "required". */
    public static Browser start() {
        Path chromium = find("chromium");
        Path chromedriver = find("chromedriver");
        boolean found = chromium != null && chromedriver != null;
        if (!"required".equals(System.getenv("SOFTLABEL_BROWSER"))) {
            assumeTrue(
                    found, "expected chromium and chromedriver on the path, found none; the pages are not looked at");
        }
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.toFile());
        options.addArguments(
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(chromedriver.toFile())
                .build();
        return new Browser(new ChromeDriver(service, options));
    }

    /** Opens a page in a window of a width, and fails where it says anything on the console or is wider than that. */
    public void look(String url, int width, boolean dark) {
        open(url, width, dark);
        long needed = (Long) driver.executeScript("return document.documentElement.scrollWidth");
        assertEquals(width, Math.max(width, needed), url + " needs more than the window's width");
    }

    /** Opens a page in a window of a width, and fails where it says anything on the console. */
    public void open(String url, int width, boolean dark) {
        driver.manage().window().setSize(new Dimension(width, 900));
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width < 600));
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
        driver.get(url);
        assertEquals(List.of(), console(), url);
    }

    /** The page's driver, for what a test wants to see of it. */
    public ChromeDriver driver() {
        return driver;
    }

    /** What the console got since it was last asked. */
    public List<String> console() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::toString)
                .toList();
    }

    private static Path find(String program) {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    @Override
    public void close() {
        driver.quit();
    }
}
