package ai.softlabel.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.util.SerializableConfiguration;

/** Reads pictures of a packed set. A process remembers where the pictures of the files that it read lately are. */
final class PackedSource implements Source {
    private static final long serialVersionUID = 1;

    /** Of 1,000 pictures each, about 200 MB of places. */
    private static final int FILES_REMEMBERED = 2000;

    private static final Map<String, Map<String, PackedFile.Place>> PLACES = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Map<String, PackedFile.Place>> eldest) {
            return size() > FILES_REMEMBERED;
        }
    };

    private final String root;
    private final int files;
    private final String set;
    private final SerializableConfiguration configuration;

    /** @param set tells this packed set from another at the same place */
    PackedSource(String root, int files, String set, Configuration configuration) {
        this.root = root;
        this.files = files;
        this.set = set;
        this.configuration = new SerializableConfiguration(configuration);
    }

    @Override
    public byte[] read(String name) throws IOException {
        Path file = new Path(root, PackedFile.name(PackedFile.file(name, files)));
        PackedFile.Place place = places(file).get(name);
        if (place == null) {
            throw new FileNotFoundException("no row " + name + " in " + file);
        }
        return PackedFile.read(file, place, configuration.value());
    }

    private Map<String, PackedFile.Place> places(Path file) throws IOException {
        String key = set + " " + file;
        synchronized (PLACES) {
            Map<String, PackedFile.Place> known = PLACES.get(key);
            if (known != null) {
                return known;
            }
        }
        Map<String, PackedFile.Place> found = PackedFile.places(file, configuration.value());
        synchronized (PLACES) {
            PLACES.put(key, found);
        }
        return found;
    }

    @Override
    public String where() {
        return root;
    }
}
