package ai.softlabel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Program;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the guides for people who come from other programs say. Their commands are run by GuidesIT. */
class GuidesTest {
    @TempDir
    Path dir;

    @Test
    void theOptionsThatTheyNameAreThere() throws Exception {
        Set<String> known = new TreeSet<>();
        for (Command c : Command.values()) {
            c.options().forEach(o -> known.add(o.name()));
        }
        for (String guide : List.of("from-fastai-pytorch", "from-bigdl")) {
            Set<String> named = new TreeSet<>();
            Pattern.compile("--([a-z][a-z0-9-]*)")
                    .matcher(Files.readString(Path.of("docs/" + guide + ".md")))
                    .results()
                    .forEach(m -> named.add(m.group(1)));
            assertTrue(named.size() > 1, guide);
            named.removeAll(known);
            assertEquals(Set.of(), named, guide);
        }
    }

    /** BigDL's own program compiles too, with Scala's classes under the name that they have here. */
    @Test
    void bigdlsProgramsCompileAndTheLoopLearns() throws Exception {
        List<String> javac = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "javac").toString(), "-d", dir.toString()));
        String page = Files.readString(Path.of("docs/from-bigdl.md"));
        List<MatchResult> programs = Pattern.compile("```java\n(.*?public class (\\w+) .*?)```", Pattern.DOTALL)
                .matcher(page)
                .results()
                .toList();
        assertEquals(
                List.of("Before", "After", "Loop"),
                programs.stream().map(m -> m.group(2)).toList());
        for (MatchResult m : programs) {
            String text = m.group(1).replace("import scala.", "import bigdl.shaded.scala.");
            javac.add(Files.writeString(dir.resolve(m.group(2) + ".java"), text).toString());
        }
        String classes = System.getProperty("java.class.path");
        javac.addAll(List.of("-cp", classes));
        Program.run(javac.toArray(String[]::new)).ended(0);
        Program ended = Program.run(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        dir + File.pathSeparator + classes,
                        "Loop")
                .ended(0);
        String last = Arrays.stream(ended.output().split("\n"))
                .filter(l -> l.startsWith("step 200"))
                .findFirst()
                .orElse(ended.output());
        Matcher m = Pattern.compile("loss (\\d+\\.\\d+), least possible (\\d+\\.\\d+)")
                .matcher(last);
        assertTrue(m.find(), last);
        double over = Double.parseDouble(m.group(1)) - Double.parseDouble(m.group(2));
        assertTrue(over >= 0 && over < 0.01, last);
    }
}
