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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;

/** The page of {@code inspect} in Chromium, with names that are long or look like markup. */
@Tag("pages")
class InspectPageTest {
    private static final String HOSTILE = "<script>document.title='taken'</script>";
    private static final String LONG = "a_name_without_any_space_that_a_line_could_be_broken_at".repeat(3);
    private static final String DOT = "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP//////////////////////////////////////////"
            + "////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAA"
            + "AAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AR//Z";

    @TempDir
    Path dir;

    private static ObjectNode data() {
        ObjectNode data = new ObjectMapper().createObjectNode();
        data.put("path", "/pictures/" + LONG).put("split", "stratified:0.2");
        data.withArray("classes")
                .addObject()
                .put("name", HOSTILE)
                .put("train", 1200)
                .put("validation", 0)
                .put("test", 30);
        data.withArray("classes")
                .addObject()
                .put("name", LONG)
                .put("train", 12)
                .put("validation", 0)
                .put("test", 3);
        data.put("sampled", 1245).putObject("formats").put("JPEG", 1240).put("PNG", 5);
        ObjectNode size = data.withArray("sizes").addObject().put("of", "width, pixels");
        for (int q : new int[] {90, 200, 640, 1024, 4000}) {
            size.withArray("quantiles").add(q);
        }
        for (String name : new String[] {HOSTILE, LONG}) {
            data.withArray("examples")
                    .addObject()
                    .put("class", name)
                    .put("path", name + ".jpg")
                    .put("width", 640)
                    .put("height", 480)
                    .put("jpeg", DOT);
        }
        data.put("rejected", 3).put("counted", 2).put("max_rejected", 0.05).put("other_reasons", 1);
        ObjectNode reason = data.withArray("reasons")
                .addObject()
                .put("reason", "the file is empty")
                .put("count", 2)
                .put("counts", true);
        reason.withArray("paths").add(HOSTILE + ".jpg").add(LONG + ".png");
        return data;
    }

    @Test
    void fitsAPhoneAndShowsNamesAsText() throws IOException {
        Path page = Files.writeString(dir.resolve("inspect.html"), InspectPage.of(data()));
        String url = page.toUri().toString();
        try (Browser browser = Browser.start()) {
            Accessibility.check(browser, url);
            assertEquals("Data", browser.driver().getTitle());
            String text = browser.driver().findElement(By.tagName("body")).getText();
            for (String shown : new String[] {
                HOSTILE, "1,200", "2 of 2", "4,000", "the file is empty", "--class-weights balanced", "1 more reasons"
            }) {
                assertTrue(text.contains(shown), shown + " in " + text);
            }
            assertEquals(
                    2L,
                    browser.driver()
                            .executeScript(
                                    "return [...document.images].filter(i => i.complete && i.naturalWidth == 1).length"));
        }
    }
}
