package ai.softlabel.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.browser.Accessibility;
import ai.softlabel.browser.Browser;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;

/** The audit's page in Chromium: worked through by keys, its labels read as the button would save them. */
@Tag("pages")
class AuditPageTest {
    @TempDir
    Path dir;

    private static ObjectNode data() {
        ObjectNode data = new ObjectMapper().createObjectNode();
        var rows = data.putArray("rows");
        var issues = data.putArray("issues");
        for (int i = 0; i < 40; i++) {
            String path = i == 3 ? "a</script><b>,3.jpg" : "p" + i + ".jpg";
            rows.addArray()
                    .add(path)
                    .add("cat")
                    .add("train")
                    .add(i == 1 ? "2.5" : "")
                    .add("");
            if (i < 35) {
                issues.addObject()
                        .put("path", path)
                        .put("label", "cat")
                        .put("part", "train")
                        .put("issue", i < 33 ? "label" : "leak")
                        .put("suggestion", i < 33 ? "dog, \"big\"" : "drop")
                        .put("other", i < 33 ? "" : "p39.jpg")
                        .put("score", 1 - i / 100.0)
                        .put("predicted", "dog, \"big\"")
                        .put("confidence", 0.9)
                        .put("label_probability", 0.05);
            }
        }
        data.putObject("pictures")
                .put(
                        "p0.jpg",
                        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP//////////////////////////////////////////"
                                + "////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAA"
                                + "AAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AR//Z");
        return data;
    }

    private static void press(Browser browser, CharSequence... keys) {
        browser.driver().findElement(By.tagName("body")).sendKeys(keys);
    }

    private static List<WebElement> shown(Browser browser) {
        return browser.driver().findElements(By.cssSelector(".audit li"));
    }

    /** The button that has the focus, and the place of its picture; it can be seen. */
    private static Object focused(Browser browser) {
        return browser.driver().executeScript("""
                const e = document.activeElement, box = e.getBoundingClientRect();
                if (box.bottom <= 0 || box.top >= innerHeight) return 'out of view';
                return e.textContent + ' ' + [...document.querySelectorAll('.audit li')].indexOf(e.parentNode);""");
    }

    /** The labels of the page opened anew; Chromium hands on what a page stores a moment later, so a few times. */
    private static Object reopened(Browser browser, String url, String expected) {
        Object found = null;
        for (int i = 0; i < 10 && !expected.equals(found); i++) {
            browser.look(url, 1280, false);
            found = browser.driver().executeScript("return labels()");
        }
        return found;
    }

    @Test
    void isWorkedThroughByKeys() throws IOException {
        Path page = Files.writeString(dir.resolve("report.html"), AuditPage.of(data()));
        String url = page.toUri().toString();
        try (Browser browser = Browser.start()) {
            Accessibility.check(browser, url);
            browser.look(url, 360, true);
            browser.look(url, 1280, false);
            assertEquals(30, shown(browser).size());
            assertTrue(shown(browser).get(3).getText().contains("a</script><b>,3.jpg"));
            // Keep, relabel, drop the first three; go over the fourth and drop the fifth.
            press(browser, "k", "r", "d");
            press(browser, Keys.ARROW_RIGHT, "d", "n");
            assertEquals(5, shown(browser).size());
            // The last of the page, a leak.
            press(browser, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_DOWN, "d");
            String labels = (String) browser.driver().executeScript("return labels()");
            List<String> lines = labels.lines().toList();
            assertEquals("path,label,split,weight,group", lines.get(0));
            assertEquals("p0.jpg,cat,train,,", lines.get(1));
            assertEquals("p1.jpg,\"dog, \"\"big\"\"\",train,2.5,", lines.get(2));
            assertEquals("\"a</script><b>,3.jpg\",cat,train,,", lines.get(3));
            assertEquals("p5.jpg,cat,train,,", lines.get(4));
            assertEquals(1 + 40 - 3, lines.size());
            assertTrue(lines.stream().noneMatch(l -> l.startsWith("p34.jpg")));
            // Decisions stay when the page is opened again; a kind can be looked at alone.
            assertEquals(labels, reopened(browser, url, labels));
            browser.driver()
                    .findElement(By.cssSelector("#kind option[value=leak]"))
                    .click();
            assertEquals(2, shown(browser).size());
            browser.driver().findElement(By.id("take")).click();
            assertEquals(
                    1 + 40 - 4,
                    ((String) browser.driver().executeScript("return labels()"))
                            .lines()
                            .count());
            // A button that is worked by keys keeps the focus, though the list is drawn anew.
            WebElement drop =
                    shown(browser).get(0).findElements(By.tagName("button")).get(2);
            drop.sendKeys(Keys.ENTER);
            assertEquals("Drop 0", focused(browser));
            // So do the page's keys: they go on from the button, to the same one of the picture that is then current.
            new Actions(browser.driver()).sendKeys("k").perform();
            assertEquals("Drop 1", focused(browser));
            new Actions(browser.driver()).sendKeys(Keys.ARROW_LEFT).perform();
            assertEquals("Drop 0", focused(browser));
            assertEquals(
                    "keep",
                    shown(browser).get(0).findElement(By.className("decision")).getText());
            severalLabels(browser);
            assertEquals(List.of(), browser.console());
        }
    }

    /** Labels come and go as one text with the separator between; the page names the option that takes it. */
    private void severalLabels(Browser browser) throws IOException {
        ObjectNode data = data();
        data.put("separator", "|");
        ((ObjectNode) data.at("/issues/0")).put("label", "|").put("suggestion", "cat | indoors");
        ((ObjectNode) data.at("/issues/1")).put("suggestion", "|");
        Path page = Files.writeString(dir.resolve("several.html"), AuditPage.of(data));
        browser.look(page.toUri().toString(), 1280, false);
        assertEquals(
                "--labels labels.csv --label-separator '|'",
                browser.driver().findElement(By.id("how")).getText());
        assertTrue(shown(browser).get(0).getText().contains("labelled no label"));
        press(browser, "r", "r");
        assertTrue(shown(browser).get(0).getText().contains("relabel cat | indoors"));
        assertTrue(shown(browser).get(1).getText().contains("relabel no label"));
        List<String> lines = ((String) browser.driver().executeScript("return labels()"))
                .lines()
                .toList();
        assertEquals("p0.jpg,cat | indoors,train,,", lines.get(1));
        assertEquals("p1.jpg,|,train,2.5,", lines.get(2));
    }
}
