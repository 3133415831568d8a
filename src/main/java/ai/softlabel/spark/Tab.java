package ai.softlabel.spark;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.NoSuchElementException;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.WeakHashMap;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ui.SparkUI;
import org.apache.spark.ui.SparkUITab;
import org.apache.spark.ui.WebUIPage;
import org.apache.spark.util.kvstore.KVStore;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.xml.Node;
import scala.xml.Unparsed;

/** A tab of the Spark UI: one page in Spark's frame. */
public final class Tab extends SparkUITab {
    private static final Set<SparkContext> ATTACHED =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private final KVStore store;

    private Tab(SparkUI ui, TabContent content) {
        super(ui, content.name());
        store = ui.store().store();
        attachPage(new Page(this, content));
    }

    /** Adds every tab to a running application's UI, where it has one, and begins to listen for them. */
    public static void attachTo(JavaSparkContext spark) {
        if (!ATTACHED.add(spark.sc())) {
            return;
        }
        KVStore store = spark.sc().statusStore().store();
        for (TabContent content : contents()) {
            spark.sc().addSparkListener(new TabListener(content, store));
            if (spark.sc().ui().isDefined()) {
                attach(spark.sc().ui().get(), content);
            }
        }
    }

    static Iterable<TabContent> contents() {
        return ServiceLoader.load(TabContent.class, Tab.class.getClassLoader());
    }

    static void attach(SparkUI ui, TabContent content) {
        ui.attachTab(new Tab(ui, content));
    }

    private String state(TabContent content) {
        try {
            return store.read(TabState.class, content.name()).state;
        } catch (NoSuchElementException e) {
            return null;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Page extends WebUIPage {
        private final Tab tab;
        private final TabContent content;

        Page(Tab tab, TabContent content) {
            super("");
            this.tab = tab;
            this.content = content;
        }

        @Override
        public Seq<Node> render(HttpServletRequest request) {
            Node body = new Unparsed(content.html(tab.state(content)) + PageFrame.script(content.script()));
            return PageFrame.around(
                    request,
                    tab,
                    CollectionConverters.asScala(java.util.List.of(body)).toSeq());
        }
    }
}
