package ai.softlabel;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs test classes in a JVM of another Java or with another Spark, where Maven has no part: NAME... */
public final class TestClasses {
    private TestClasses() {}

    public static void main(String[] names) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(Arrays.stream(names)
                        .map(DiscoverySelectors::selectClass)
                        .toList())
                .filters(TagFilter.excludeTags("long"))
                .build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        TestExecutionSummary summary = listener.getSummary();
        summary.printFailuresTo(new PrintWriter(System.out, true, StandardCharsets.UTF_8), 30);
        System.out.println(summary.getTestsSucceededCount() + " tests passed, " + summary.getTestsFailedCount()
                + " failed, on Java " + Runtime.version() + " and Spark "
                + org.apache.spark.package$.MODULE$.SPARK_VERSION());
        boolean passed = summary.getTotalFailureCount() == 0 && summary.getTestsSucceededCount() >= names.length;
        System.exit(passed ? 0 : 1);
    }
}
