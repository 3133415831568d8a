package ai.softlabel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A release changes the version everywhere at once. */
class VersionTest {
    private static Set<String> found(String file, String pattern) throws IOException {
        Set<String> found = new TreeSet<>();
        Matcher m = Pattern.compile(pattern).matcher(Files.readString(Path.of(file)));
        while (m.find()) {
            found.add(m.group(1));
        }
        return found;
    }

    /** That of the first pom, which Python's scripts read in the same way. */
    private static String version() throws IOException {
        Matcher m = Pattern.compile("<version>([^<]+)</version>").matcher(Files.readString(Path.of("pom.xml")));
        assertTrue(m.find(), "no version in pom.xml");
        return m.group(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    pom.xml                                   | softlabel-parent</artifactId>\\s*<version>([^<]+)
                    src/pom.xml                               | softlabel-parent</artifactId>\\s*<version>([^<]+)
                    bigdl/pom.xml                             | softlabel-parent</artifactId>\\s*<version>([^<]+)
                    docs/s3/pom.xml                           | softlabel-s3</artifactId>\\s*<version>([^<]+)
                    src/test/consumer/pom.xml                 | <softlabel.version>([^<]+)
                    docs/library.md                           | <artifactId>softlabel</artifactId><version>([^<]+)
                    docs/clusters.md                          | softlabel[:-]([0-9]+\\.[0-9]+\\.[0-9]+)
                    conf/spark-kubernetes.conf                | softlabel:([0-9.]+)
                    submit/kubernetes/spark-application-s3.yaml  | image: softlabel:([0-9.]+)
                    submit/kubernetes/spark-application-pvc.yaml | image: softlabel:([0-9.]+)
                    """)
    void everyFileNamesTheVersionOfTheBuild(String file, String pattern) throws IOException {
        assertEquals(Set.of(version()), found(file, pattern), file);
    }

    /** Who publishes says the address by properties: none of ours is in the poms. */
    @Test
    void theAddressIsThatOfWhoPublishes() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        for (String element : new String[] {
            "<url>${softlabel.url}</url>", "<connection>${softlabel.scm}</connection>", "<softlabel.url/>"
        }) {
            assertTrue(pom.contains(element), element);
        }
        assertFalse(
                Files.readString(Path.of("src/pom.xml")).contains("<scm>")
                        || Files.readString(Path.of("bigdl/pom.xml")).contains("<scm>"),
                "the modules have the parent's");
    }
}
