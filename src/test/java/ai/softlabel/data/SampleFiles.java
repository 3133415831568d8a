package ai.softlabel.data;

import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Listing.Official;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/** The built-in sample, or a part of it, as files. */
public final class SampleFiles {
    private SampleFiles() {}

    /** Writes the pets layout with the first pictures of each of the first breeds. */
    public static void pets(Path dir, int breeds, int train, int test) throws IOException {
        Listing sample = Layouts.list(null, new Configuration());
        Map<String, Integer> seen = new HashMap<>();
        StringBuilder[] lists = {new StringBuilder(), new StringBuilder()};
        Files.createDirectories(dir.resolve("images"));
        Files.createDirectories(dir.resolve("annotations"));
        for (Entry e : sample.entries()) {
            int part = e.official() == Official.TRAIN ? 0 : 1;
            int n = seen.merge(e.label() + " " + part, 1, Integer::sum);
            if (e.label() < breeds && n <= (part == 0 ? train : test)) {
                Files.write(dir.resolve(e.name()), sample.source().read(e.name()));
                String stem = e.name().substring("images/".length(), e.name().length() - ".jpg".length());
                lists[part]
                        .append(stem)
                        .append(' ')
                        .append(e.label() + 1)
                        .append(Character.isUpperCase(stem.charAt(0)) ? " 1 1\n" : " 2 1\n");
            }
        }
        Files.writeString(dir.resolve("annotations/trainval.txt"), lists[0].toString());
        Files.writeString(dir.resolve("annotations/test.txt"), lists[1].toString());
    }
}
