package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Program;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An ordinary run in a process of its own has nothing of Spark's on its console: no warning, error or stack trace. */
class QuietConsoleTest {
    @TempDir
    Path dir;

    @Tag("long")
    @Test
    void anOrdinaryRunShowsItsOwnLinesOnly() throws Exception {
        run(1);
    }

    @Tag("long")
    @Test
    void anOrdinaryRunOfTwoReplicasDoesToo() throws Exception {
        run(2);
    }

    private void run(int replicas) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(a -> a.startsWith("--add-")
                        || a.startsWith("--enable-native")
                        || a.startsWith("-Dio.netty")
                        || a.startsWith("-Djdk.reflect"))
                .forEach(command::add);
        command.addAll(List.of(
                "-Xmx2g",
                "-Dlog4j2.configurationFile="
                        + Path.of("conf/log4j2.properties").toAbsolutePath(),
                "-Dspark.ui.enabled=false",
                "-Dspark.driver.host=127.0.0.1",
                "-cp",
                System.getProperty("java.class.path"),
                "ai.softlabel.cli.Main",
                "train",
                "--master",
                "local[2]",
                "--replicas",
                String.valueOf(replicas),
                "--image-size",
                "64",
                "--epochs",
                "2",
                "--frozen-epochs",
                "1",
                "--validation",
                "0.2",
                "--out",
                dir.resolve("run").toString()));
        Program run = Program.run(Map.of(), command).ended(0);
        assertTrue(run.output().contains("wrote the run to"), run.output());
        String page = dir.resolve("run/report.html").toUri().toString();
        String last = run.output().lines().reduce((a, b) -> b).orElseThrow();
        assertTrue(last.startsWith("report: " + page + " (open it in a browser, or run: "), last);
        List<String> others = run.output()
                .lines()
                .filter(l ->
                        l.matches("\\d\\d:\\d\\d:\\d\\d .*|.*\\b(ERROR|WARN|Exception|Asked to remove)\\b.*|\\s+at .*"))
                .toList();
        assertEquals(List.of(), others, run.output());
    }
}
