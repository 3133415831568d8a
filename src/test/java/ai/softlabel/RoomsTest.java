package ai.softlabel;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The house's rules that a machine can hold. */
class RoomsTest {
    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("ai.softlabel");
    }

    @Test
    void noPackageCycle() {
        slices().matching("ai.softlabel.(*)..").should().beFreeOfCycles().check(classes);
        slices().matching("ai.softlabel.command.(*)..")
                .should()
                .beFreeOfCycles()
                .check(classes);
    }

    @Test
    void theNounsDependOnNothingOfOurs() {
        noClasses()
                .that()
                .resideInAPackage("ai.softlabel")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.softlabel.*..")
                .check(classes);
    }

    @Test
    void onlyTheAdapterAndTheCriteriaTouchBigDl() {
        noClasses()
                .that()
                .resideOutsideOfPackages("ai.softlabel.bigdl..", "ai.softlabel.loss..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.intel.analytics..", "bigdl.shaded..")
                .check(classes);
    }

    /** Its classes may be missing. */
    @Test
    void onlyOneRoomTouchesOnnxRuntime() {
        noClasses()
                .that()
                .resideOutsideOfPackage("ai.softlabel.onnx..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.onnxruntime..")
                .check(classes);
    }

    @Test
    void onlyOneRoomTouchesSparksInternals() {
        noClasses()
                .that()
                .resideOutsideOfPackage("ai.softlabel.spark..")
                .should()
                .dependOnClassesThat()
                .haveNameMatching(
                        "org\\.apache\\.spark\\.(SparkEnv|BarrierTaskContext|rdd\\..*|storage\\.Block.*|network\\..*|resource\\..*|api\\.plugin\\..*|scheduler\\..*)")
                .check(classes);
    }

    /** What is read could otherwise run code; messages between Spark's own processes are Spark's. */
    @Test
    void nothingIsReadByJavasDeserialisation() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveNameMatching("java\\.io\\.ObjectInputStream|org\\.apache\\.spark\\.serializer\\..*")
                .check(classes);
    }

    @Test
    void theLeavesStayLeaves() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "ai.softlabel.bigdl..",
                        "ai.softlabel.metrics..",
                        "ai.softlabel.spark..",
                        "ai.softlabel.files..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "ai.softlabel.data..",
                        "ai.softlabel.train..",
                        "ai.softlabel.score..",
                        "ai.softlabel.run..",
                        "ai.softlabel.report..",
                        "ai.softlabel.pipeline..",
                        "ai.softlabel.command..",
                        "ai.softlabel.cli..")
                .check(classes);
        for (String numbersOnly : new String[] {"ai.softlabel.metrics..", "ai.softlabel.bench.."}) {
            classes()
                    .that()
                    .resideInAPackage(numbersOnly)
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage("java..", "org.apache.commons.math3..", numbersOnly)
                    .check(classes);
        }
    }

    @Test
    void everyRoomSaysWhatItIsForAndFilesStayShort() throws IOException {
        try (Stream<Path> all = Files.walk(Path.of("src/main/java"))) {
            List<Path> files = all.toList();
            for (Path p : files) {
                boolean room = Files.isDirectory(p)
                        && files.stream()
                                .anyMatch(f ->
                                        p.equals(f.getParent()) && f.toString().endsWith(".java"));
                assertTrue(
                        !room || Files.exists(p.resolve("package-info.java")), () -> p + " has no package-info.java");
                assertTrue(
                        !p.toString().endsWith(".java") || Files.readAllLines(p).size() <= 350,
                        () -> p + " has more than 350 lines");
            }
        }
    }
}
