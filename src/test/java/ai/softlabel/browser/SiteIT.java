package ai.softlabel.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Program;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;

/** The site that docs/site/build makes, strictly, in Chromium at the widths of a desk and of a phone. */
@Tag("pages")
@Tag("long")
class SiteIT {
    private static final Path SITE = Path.of("target/site");

    private static final Map<String, String> TYPES = Map.of(
            "html",
            "text/html",
            "css",
            "text/css",
            "js",
            "text/javascript",
            "json",
            "application/json",
            "svg",
            "image/svg+xml");

    /** Serves the site: search does not work from a disk. */
    private static HttpServer serve() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            Path file = SITE.resolve(exchange.getRequestURI().getPath().substring(1));
            boolean found = Files.isRegularFile(file);
            byte[] bytes = found ? Files.readAllBytes(file) : new byte[0];
            String type = TYPES.get(file.toString().replaceFirst(".*\\.", ""));
            if (type != null) {
                exchange.getResponseHeaders().add("Content-Type", type);
            }
            exchange.sendResponseHeaders(found ? 200 : 404, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        // Chromium asks for it on its own where a page names no icon, as Javadoc's don't.
        server.createContext("/favicon.ico", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
        return server;
    }

    @Test
    void everyPageLooksRightAndFetchesNothingFromElsewhere() throws Exception {
        Program.run("docs/site/build").ended(0);
        List<Path> pages;
        try (Stream<Path> all = Files.walk(SITE)) {
            pages = all.filter(p -> p.toString().endsWith(".html") && !p.startsWith(SITE.resolve("javadoc")))
                    .filter(p -> !p.endsWith("404.html"))
                    .sorted()
                    .toList();
        }
        assertTrue(pages.size() > 40, pages.toString());
        HttpServer server = serve();
        String start = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
        try (Browser browser = Browser.start()) {
            for (Path page : pages) {
                for (int width : new int[] {1280, 390}) {
                    browser.look(start + SITE.relativize(page), width, width == 390);
                    assertEquals(List.of(), elsewhere(browser, start), page.toString());
                }
                assertFalse(browser.driver().findElements(By.tagName("h1")).isEmpty(), page.toString());
            }
            browser.look(start + "javadoc/index.html", 1280, false);
            search(browser, start);
        } finally {
            server.stop(0);
        }
    }

    /** What the page has fetched from other places, and pictures that are not there. */
    private static List<?> elsewhere(Browser browser, String start) {
        return (List<?>) browser.driver()
                .executeScript(
                        "return performance.getEntriesByType('resource').map(r => r.name)"
                                + ".filter(n => !n.startsWith(arguments[0]) && !n.startsWith('data:') && !n.startsWith('blob:'))"
                                + ".concat([...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src))",
                        start);
    }

    /** Search needs no other server either. */
    private static void search(Browser browser, String start) throws InterruptedException {
        browser.look(start + "index.html", 1280, false);
        browser.driver().findElement(By.cssSelector("input.md-search__input")).sendKeys("temperature scaling");
        By results = By.cssSelector("a.md-search-result__link[href*='explained.html']");
        for (int i = 0; i < 600 && browser.driver().findElements(results).isEmpty(); i++) {
            Thread.sleep(100);
        }
        assertFalse(browser.driver().findElements(results).isEmpty(), "the search found no page");
        assertEquals(List.of(), elsewhere(browser, start));
    }
}
