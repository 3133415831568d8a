package ai.softlabel.command.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.softlabel.Sha256;
import ai.softlabel.data.Layouts;
import ai.softlabel.data.Listing;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

class MadeFileSystemTest {
    @Test
    void everyFileIsListedReadAndAnother() throws IOException {
        Configuration configuration = new Configuration();
        MadeFileSystem.register(configuration);
        Listing listing = Layouts.list(MadeFileSystem.of(2345), configuration);
        assertEquals(2345, listing.entries().size());
        Set<String> contents = new HashSet<>();
        for (Listing.Entry e : listing.entries()) {
            contents.add(Sha256.of(listing.source().read(e.name())));
        }
        assertEquals(2345, contents.size());
        assertThrows(FileNotFoundException.class, () -> listing.source().read("d00002/p00002345.jpg"));
    }
}
