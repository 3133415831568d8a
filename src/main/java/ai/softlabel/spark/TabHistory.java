package ai.softlabel.spark;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.status.AppHistoryServerPlugin;
import org.apache.spark.status.ElementTrackingStore;
import org.apache.spark.ui.SparkUI;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Shows the tabs of finished and crashed applications in the history server, which finds this class as a service. */
public final class TabHistory implements AppHistoryServerPlugin {
    @Override
    public Seq<SparkListener> createListeners(SparkConf conf, ElementTrackingStore store) {
        List<SparkListener> listeners = new ArrayList<>();
        Tab.contents().forEach(content -> listeners.add(new TabListener(content, store)));
        return CollectionConverters.asScala(listeners).toSeq();
    }

    @Override
    public void setupUI(SparkUI ui) {
        Tab.contents().forEach(content -> Tab.attach(ui, content));
    }
}
