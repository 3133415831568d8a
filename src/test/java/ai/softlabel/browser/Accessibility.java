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
            axe.run(document.querySelector(arguments[0]), {resultTypes: ['violations']}).then(
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
            return [...document.querySelector(arguments[0]).querySelectorAll('svg text')]
              .filter(t => contrast(getComputedStyle(t).fill, paper) < 4.5).map(t => t.textContent);""";

    /** The elements that take keys, in the page's order; Spark 4.3 scrolls to them smoothly, which takes time. */
    private static final String FOCUSABLE = """
            document.documentElement.style.scrollBehavior = 'auto';
            window.focusable = [...document.querySelector(arguments[0]).querySelectorAll('a[href], button, input, select, textarea, [tabindex="0"]')]
              .filter(e => !e.disabled && e.offsetParent !== null);
            return focusable.length;""";

    private static final String FOCUSED = """
            const e = document.activeElement, s = getComputedStyle(e), box = e.getBoundingClientRect();
            return focusable.indexOf(e) + ' ' +
              (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 ? 'outlined' : 'not outlined') + ' ' +
              (box.bottom > 0 && box.top < innerHeight ? 'in view' : 'out of view');""";

    /** What is of no use on paper, or would not be read there. */
    private static final String MISPRINTED = """
            const part = document.querySelector(arguments[0]);
            const shown = e => e.getClientRects().length > 0;
            const style = e => getComputedStyle(e);
            const found = [...part.querySelectorAll('input, button, select')].filter(shown).map(e => e.outerHTML);
            for (const e of part.querySelectorAll('*')) {
              if (shown(e) && ['fixed', 'sticky'].includes(style(e).position)) found.push('fixed: ' + e.outerHTML);
            }
            for (const e of part.querySelectorAll('.scroll')) {
              if (style(e).overflowX !== 'visible') found.push('cut off: ' + e.outerHTML.slice(0, 200));
            }
            const paper = style(document.body).backgroundColor.match(/[\\d.]+/g).map(Number);
            if (Math.min(...paper.slice(0, 3)) < 250) found.push('dark paper: ' + paper);
            return found;""";

    /** What reaches out of the window, but for what scrolls in a box of its own. */
    private static final String TOO_WIDE = """
            return [...document.querySelector(arguments[0]).querySelectorAll('*')]
              .filter(e => !e.parentElement.closest('.scroll, svg'))
              .filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 200));""";

    private static final String ALL = "html";

    private Accessibility() {}

    /**
     * Opens a page as a phone with a dark screen shows it, as a desk does, as its keys work it, and as it is printed.
     */
    public static void check(Browser browser, String url) throws IOException {
        for (boolean dark : new boolean[] {true, false}) {
            browser.look(url, dark ? 390 : 1280, dark);
            reads(browser, url + (dark ? ", dark" : ""), ALL);
        }
        browser.look(url, 1280, false);
        worksByKeys(browser, url, ALL, 1);
        prints(browser, url, ALL);
    }

    /**
     * The same of a part of a page whose rest is another program's, such as Spark's; that has no dark screen.
     *
     * @param part what CSS selects it by
     * @param before the most elements before the part that take keys
     */
    public static void checkPart(Browser browser, String url, String part, int before) throws IOException {
        for (int width : new int[] {390, 1280}) {
            browser.open(url, width, false);
            reads(browser, url + ", " + width, part);
            assertEquals(List.of(), browser.driver().executeScript(TOO_WIDE, part), url + ", " + width);
        }
        worksByKeys(browser, url, part, before + 1);
        prints(browser, url, part);
    }

    private static void reads(Browser browser, String what, String part) throws IOException {
        try (InputStream axe = Accessibility.class.getClassLoader().getResourceAsStream(AXE)) {
            browser.driver().executeScript(new String(axe.readAllBytes(), StandardCharsets.UTF_8));
        }
        assertEquals(List.of(), browser.driver().executeAsyncScript(VIOLATIONS, part), what);
        assertEquals(List.of(), browser.driver().executeScript(FAINT, part), what);
    }

    /** Tab goes to each element in the page's order, and shows where it is. */
    private static void worksByKeys(Browser browser, String url, String part, int first) {
        long count = (Long) browser.driver().executeScript(FOCUSABLE, part);
        String found = "";
        for (int i = 0; i < first && !found.startsWith("0 ") && count > 0; i++) {
            found = tab(browser);
        }
        for (int i = 0; i < count; i++) {
            assertEquals(i + " outlined in view", i == 0 ? found : tab(browser), url);
        }
    }

    private static String tab(Browser browser) {
        new Actions(browser.driver()).sendKeys(Keys.TAB).perform();
        return (String) browser.driver().executeScript(FOCUSED);
    }

    /** Printed from a dark screen. */
    private static void prints(Browser browser, String url, String part) {
        ChromeDriver driver = browser.driver();
        Map<String, String> dark = Map.of("name", "prefers-color-scheme", "value", "dark");
        driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("media", "print", "features", List.of(dark)));
        try {
            assertEquals(List.of(), driver.executeScript(MISPRINTED, part), url);
            assertEquals(List.of(), driver.executeScript(FAINT, part), url + ", printed");
            assertTrue((Boolean) driver.executeScript("return document.body.innerText.length > 100"), url);
        } finally {
            driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("media", "", "features", List.of()));
        }
    }
}
