package ai.softlabel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages: the site names each of them, links lead somewhere, and each block is run or says why it is not. */
final class DocsTest {
    private static final Path NAV = Path.of("docs/site/mkdocs.yml");
    private static final Path SITE_PAGES = Path.of("docs/site");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern MARK = Pattern.compile("<!-- ([a-z -]+): (.+) -->");

    @TempDir
    Path dir;

    private static List<Path> pages() throws IOException {
        List<Path> pages =
                new ArrayList<>(List.of(Path.of("README.md"), Path.of("CONTRIBUTING.md"), Path.of("CHANGELOG.md")));
        try (Stream<Path> below = Files.walk(Path.of("docs"))) {
            below.filter(p -> p.toString().endsWith(".md") && !p.startsWith(SITE_PAGES))
                    .sorted()
                    .forEach(pages::add);
        }
        return pages;
    }

    @Test
    void theSiteNamesEveryPage() throws IOException {
        Set<String> expected = new TreeSet<>();
        pages().forEach(p -> expected.add(p.toString()));
        for (Path p : TestFiles.list(SITE_PAGES.resolve("reference"))) {
            expected.add("reference/" + p.getFileName());
        }
        String nav = Files.readString(NAV).replaceFirst("(?s).*\nnav:\n", "");
        List<String> named = Pattern.compile("[\\w./-]+\\.md")
                .matcher(nav)
                .results()
                .map(MatchResult::group)
                .toList();
        assertEquals(expected, new TreeSet<>(named));
        assertEquals(expected.size(), named.size(), "a page is named twice");
    }

    @Test
    void linksLeadSomewhere() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page : pages()) {
            for (MatchResult link : LINK.matcher(withoutBlocks(page)).results().toList()) {
                String target = link.group(1);
                if (!target.matches("(https?|mailto):.*") && !leads(page, target)) {
                    broken.add(page + ": " + target);
                }
            }
        }
        assertEquals(List.of(), broken);
    }

    private static boolean leads(Path page, String target) throws IOException {
        String file = target.replaceFirst("#.*", "");
        Path to = file.isEmpty() ? page : page.resolveSibling(file).normalize();
        if (!Files.isRegularFile(to)) {
            return false;
        }
        int hash = target.indexOf('#');
        return hash < 0 || anchors(to).contains(target.substring(hash + 1));
    }

    /** As GitHub and the site make them of headings. */
    private static Set<String> anchors(Path page) throws IOException {
        return withoutBlocks(page)
                .lines()
                .filter(l -> l.matches("#+ .*"))
                .map(l -> l.replaceFirst("#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w\\s-]", "")
                        .strip()
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    private static String withoutBlocks(Path page) throws IOException {
        return Files.readString(page).replaceAll("(?ms)^```.*?^```$", "");
    }

    @Test
    void everyBlockIsRunOrSaysWhyNot() throws IOException {
        List<String> wrong = new ArrayList<>();
        int blocks = 0;
        for (Path page : pages()) {
            List<String> lines = Files.readAllLines(page);
            boolean inside = false;
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).startsWith("```")) {
                    inside = !inside;
                    if (inside) {
                        blocks++;
                        String mark = i == 0 ? "" : lines.get(i - 1);
                        if (!holds(page, mark)) {
                            wrong.add(page + ":" + (i + 1) + ": " + mark);
                        }
                    }
                }
            }
        }
        assertEquals(List.of(), wrong, "expected a comment above the block that CONTRIBUTING.md describes");
        assertTrue(blocks > 30, "found " + blocks + " blocks");
    }

    /** Who is said to run it reads the page: a script of the mark's name, or a test. */
    private static boolean holds(Path page, String mark) throws IOException {
        Matcher m = MARK.matcher(mark);
        if (!m.matches()) {
            return false;
        }
        return switch (m.group(1)) {
            case "not run" -> true;
            case "run by" -> {
                Path runner = runner(m.group(2));
                yield runner != null && Files.readString(runner).contains(page.toString());
            }
            default -> {
                // docs/guide.sh runs all of a guide's commands, GuidesTest its programs.
                if (page.equals(Path.of("docs", m.group(1) + ".md"))) {
                    yield (Files.readString(runner("GuidesIT")) + Files.readString(runner("GuidesTest")))
                            .contains('"' + m.group(1) + '"');
                }
                Path script = Path.of("docs", m.group(1) + ".sh");
                yield Files.exists(script) && runs(script, page, m.group(2));
            }
        };
    }

    private static boolean runs(Path script, Path page, String name) throws IOException {
        String text = Files.readString(script);
        String word = "(?m)^\\s*(run|for name in)\\b.*\\b" + Pattern.quote(name) + "\\b";
        return text.contains(page.toString())
                && Pattern.compile(word).matcher(text).find();
    }

    private static Path runner(String name) throws IOException {
        if (name.contains("/")) {
            return Files.exists(Path.of(name)) ? Path.of(name) : null;
        }
        try (Stream<Path> tests = Files.walk(Path.of("src/test/java"))) {
            return tests.filter(p -> p.endsWith(name + ".java")).findFirst().orElse(null);
        }
    }

    @Test
    void screenshotsAreTakenByAScript() throws IOException {
        String script = Files.readString(Path.of("docs/screenshots.sh"));
        for (Path picture : TestFiles.list(Path.of("docs/images"))) {
            String name = picture.getFileName().toString();
            assertTrue(!name.endsWith(".png") || script.contains(name), name);
        }
    }

    @Test
    void theExplanationsPicturesAreThoseThatItsScriptDraws() throws Exception {
        String said = Program.run("docs/explained.py", dir.toString()).ended(0).output();
        List<Path> drawn = TestFiles.list(dir);
        String page = Files.readString(Path.of("docs/explained.md"));
        assertEquals(4, drawn.size());
        for (Path picture : drawn) {
            Path kept = Path.of("docs/images").resolve(picture.getFileName());
            assertEquals(Files.readString(kept), Files.readString(picture), kept.toString());
            assertTrue(page.contains("images/" + kept.getFileName()), kept.toString());
        }
        List<String> figures = Pattern.compile("calibrated: .*ECE (\\S+),|temperature.*: ([0-9.]+), NLL (\\S+), ECE "
                        + "(\\S+); at 1, NLL (\\S+), ECE (\\S+)")
                .matcher(said)
                .results()
                .flatMap(m -> Stream.of(1, 2, 3, 4, 5, 6).map(m::group))
                .filter(g -> g != null)
                .toList();
        assertEquals(6, figures.size(), said);
        figures.forEach(f -> assertTrue(page.contains(f), f + " is not on the page"));
    }

    @Test
    void everyDecisionIsListed() throws IOException {
        Path folder = Path.of("docs/decisions");
        StringBuilder list = new StringBuilder();
        for (Path p : TestFiles.list(folder)) {
            String name = p.getFileName().toString();
            if (name.matches("\\d{3}-.*")) {
                String title = Files.readAllLines(p).get(0).replaceFirst("# \\d+: ", "");
                list.append(String.format("- [%s](%s): %s%n", name.substring(0, 3), name, title));
            }
        }
        assertTrue(Files.readString(folder.resolve("README.md")).endsWith(list.toString()), list.toString());
    }
}
