package ai.softlabel.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.softlabel.Part;
import ai.softlabel.Sha256;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Listing.Official;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SplitTest {
    private static String digest(Map<Part, List<Entry>> parts) {
        StringBuilder text = new StringBuilder();
        parts.forEach((part, entries) -> entries.forEach(e -> text.append(part)
                .append(' ')
                .append(e.name())
                .append(' ')
                .append(e.label())
                .append('\n')));
        return Sha256.of(text.toString()).substring(0, 16);
    }

    /** Ranks are part of what a seed promises: these digests may not change. */
    @ParameterizedTest
    @CsvSource({"0,0,1,88a5fdf7aa970691", "0,0.25,7,7390e77a55f6e278", "0.2,0.1,42,24b8603003bfab6b"})
    void ranksStayWhatTheyWere(double random, double validation, long seed, String expected) {
        Listing sample = BuiltInSample.listing();
        assertEquals(expected, digest(new Split(random, validation).assign(sample, seed, new ArrayList<>())));
    }

    @Test
    void foldsStayWhatTheyWere() {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(new Split(0, 0.1).folds(BuiltInSample.listing(), 3, 5))
                .forEach((name, fold) -> text.append(name).append(fold));
        new TreeMap<>(new Split(0.2, 0).folds(BuiltInSample.listing(), 3, 5))
                .forEach((name, fold) -> text.append(name).append(fold));
        assertEquals("230297779932c0a8", Sha256.of(text.toString()).substring(0, 16));
    }

    /** The data's own validation pictures are for validation, and a share is held out beside them. */
    @Test
    void listedValidationPicturesValidate() {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            entries.add(new Entry("p" + i, 0, i < 20 ? Official.TRAIN : i < 30 ? Official.VALIDATION : Official.TEST));
        }
        Listing listing = new Listing(List.of("one"), entries, List.of(), null);
        Map<Part, List<Entry>> none = new Split(0, 0).assign(listing, 1, new ArrayList<>());
        assertEquals(20, none.get(Part.TRAIN).size());
        assertEquals(10, none.get(Part.VALIDATION).size());
        assertEquals(10, none.get(Part.TEST).size());
        Map<Part, List<Entry>> held = new Split(0, 0.25).assign(listing, 1, new ArrayList<>());
        assertEquals(15, held.get(Part.TRAIN).size());
        assertEquals(15, held.get(Part.VALIDATION).size());
    }
}
