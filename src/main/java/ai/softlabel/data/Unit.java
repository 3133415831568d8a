package ai.softlabel.data;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;

/**
 * Pictures on executors that stay together: a group, or a picture that is in none.
 *
 * @param name of the group, or of the picture
 * @param label its class: that of its first picture by name
 */
record Unit(String name, boolean grouped, int label, List<Outcome> pictures) implements Serializable {
    /** @param groups whether any picture is in a group */
    static JavaRDD<Unit> of(JavaRDD<Outcome> pictures, Map<String, Integer> labels, boolean groups) {
        JavaRDD<Unit> singles = pictures.filter(o -> o.row().group() == null)
                .map(o -> new Unit(o.name(), false, labels.get(o.row().label()), List.of(o)));
        if (!groups) {
            return singles;
        }
        return singles.union(pictures.filter(o -> o.row().group() != null)
                .groupBy(o -> o.row().group())
                .map(group -> {
                    List<Outcome> all = new ArrayList<>();
                    group._2().forEach(all::add);
                    all.sort(Comparator.comparing(Outcome::name));
                    return new Unit(
                            group._1(), true, labels.get(all.get(0).row().label()), all);
                }));
    }

    int size() {
        return pictures.size();
    }
}
