package ai.softlabel.spark;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.apache.spark.ui.SparkUITab;
import org.apache.spark.ui.UIUtils$;
import scala.Function0;
import scala.collection.immutable.Seq;
import scala.xml.Node;

/** Spark's frame of a page, with the defaults of the version that runs: from 4.2 on its method has a parameter more. */
final class PageFrame {
    private static final String METHOD = "headerSparkPage";

    private PageFrame() {}

    @SuppressWarnings("unchecked")
    static Seq<Node> around(HttpServletRequest request, SparkUITab tab, Seq<Node> body) {
        Method header = Arrays.stream(UIUtils$.class.getMethods())
                .filter(m -> m.getName().equals(METHOD))
                .findFirst()
                .orElseThrow();
        Object[] arguments = new Object[header.getParameterCount()];
        arguments[0] = request;
        arguments[1] = tab.name();
        arguments[2] = (Function0<Seq<Node>>) () -> body;
        arguments[3] = tab;
        try {
            for (int i = 4; i < arguments.length; i++) {
                Method standard = UIUtils$.class.getMethod(METHOD + "$default$" + (i + 1));
                arguments[i] = standard.invoke(UIUtils$.MODULE$);
            }
            return (Seq<Node>) header.invoke(UIUtils$.MODULE$, arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * A script's element, with the mark of this answer where Spark's content security policy asks for one, as 4.3 does.
     */
    static String script(String text) {
        return "<script" + nonce() + ">" + text + "</script>";
    }

    private static String nonce() {
        try {
            Object nonce = Class.forName("org.apache.spark.ui.CspNonce")
                    .getMethod("get")
                    .invoke(null);
            return nonce == null ? "" : " nonce=\"" + nonce + "\"";
        } catch (ClassNotFoundException e) {
            return "";
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
