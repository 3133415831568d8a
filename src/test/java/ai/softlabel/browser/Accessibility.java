package ai.softlabel.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.openqa.selenium.Keys;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;

/** What a page owes to who uses no mouse, sees little, has a dark screen or a phone, or prints it. */
public final class Accessibility {
    private static final String AXE = "axe.min.js";

    /** Rules that axe finds broken, each with its elements. */
    private static final String VIOLATIONS = """
            const done = arguments[arguments.length - 1];
            axe.run(document, {resultTypes: ['violations']}).then(
              r => done(r.violations.map(v => v.id + ': ' + v.help + ' ' +
                v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + ' (' + n.failureSummary + ')').join('; '))),
              e => done([String(e)]));""";

    /** Axe does not look at text in drawings: those with a contrast below 4.5, as WCAG 2.2 defines it. */
    private static final String FAINT = """
            const light = c => {
              const [r, g, b] = c.match(/[\\d.]+/g).map(v => v / 255)
                .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
              return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
            const paper = getComputedStyle(document.body).backgroundColor;
            return [...document.querySelectorAll('svg text')]
              .filter(t => contrast(getComputedStyle(t).fill, paper) < 4.5).map(t => t.textContent);""";

    /** The elements that take keys, in the page's order. */
    private static final String FOCUSABLE = """
            window.focusable = [...document.querySelectorAll('a[href], button, input, select, textarea, [tabindex="0"]')]
              .filter(e => !e.disabled && e.offsetParent !== null);
            return focusable.length;""";

    private static final String FOCUSED = """
            const e = document.activeElement, s = getComputedStyle(e), box = e.getBoundingClientRect();
            return focusable.indexOf(e) + ' ' +
              (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 ? 'outlined' : 'not outlined') + ' ' +
              (box.bottom > 0 && box.top < innerHeight ? 'in view' : 'out of view');""";

    /** What is of no use on paper, or would not be read there. */
    private static final String MISPRINTED = """
            const shown = e => e.getClientRects().length > 0;
            const style = e => getComputedStyle(e);
            const found = [...document.querySelectorAll('input, button, select')].filter(shown).map(e => e.outerHTML);
            for (const e of document.querySelectorAll('body *')) {
              if (shown(e) && ['fixed', 'sticky'].includes(style(e).position)) found.push('fixed: ' + e.outerHTML);
            }
            for (const e of document.querySelectorAll('.scroll')) {
              if (style(e).overflowX !== 'visible') found.push('cut off: ' + e.outerHTML.slice(0, 200));
            }
            const paper = style(document.body).backgroundColor.match(/[\\d.]+/g).map(Number);
            if (Math.min(...paper.slice(0, 3)) < 250) found.push('dark paper: ' + paper);
            return found;""";

    private Accessibility() {}

    /**
     * Opens a page as a phone with a dark screen shows it, as a desk does, as its keys work it, and as it is printed.
     */
    public static void check(Browser browser, String url) throws IOException {
        for (boolean dark : new boolean[] {true, false}) {
            browser.look(url, dark ? 390 : 1280, dark);
            assertEquals(List.of(), violations(browser), url + (dark ? ", dark" : ""));
            assertEquals(List.of(), browser.driver().executeScript(FAINT), url + (dark ? ", dark" : ""));
        }
        worksByKeys(browser, url);
        prints(browser, url);
    }

    private static Object violations(Browser browser) throws IOException {
        try (InputStream axe = Accessibility.class.getClassLoader().getResourceAsStream(AXE)) {
            browser.driver().executeScript(new String(axe.readAllBytes(), StandardCharsets.UTF_8));
        }
        return browser.driver().executeAsyncScript(VIOLATIONS);
    }

    /** Tab goes to each element in the page's order, and shows where it is. */
    private static void worksByKeys(Browser browser, String url) {
        browser.look(url, 1280, false);
        long count = (Long) browser.driver().executeScript(FOCUSABLE);
        for (int i = 0; i < count; i++) {
            new Actions(browser.driver()).sendKeys(Keys.TAB).perform();
            assertEquals(i + " outlined in view", browser.driver().executeScript(FOCUSED), url);
        }
    }

    /** Printed from a dark screen. */
    private static void prints(Browser browser, String url) {
        ChromeDriver driver = browser.driver();
        Map<String, String> dark = Map.of("name", "prefers-color-scheme", "value", "dark");
        driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("media", "print", "features", List.of(dark)));
        try {
            assertEquals(List.of(), driver.executeScript(MISPRINTED), url);
            assertEquals(List.of(), driver.executeScript(FAINT), url + ", printed");
            assertTrue((Boolean) driver.executeScript("return document.body.innerText.length > 100"), url);
        } finally {
            driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("media", "", "features", List.of()));
        }
    }
}
