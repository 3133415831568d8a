import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.launcher.JavaModuleOptions;

/** Prints Jupyter's description of a kernel for Java with Softlabel, Spark and BigDL: KERNEL_JAR HOME SPARK_HOME. */
public final class KernelSpec {
    public static void main(String[] a) throws Exception {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
        // What Spark wants of a JVM.
        command.addAll(Arrays.asList(JavaModuleOptions.defaultModuleOptionArray()));
        command.addAll(List.of(
                "-Xmx3g",
                "-Dlog4j2.configurationFile=file:" + a[1] + "/conf/log4j2.properties",
                "-cp",
                a[0] + ":" + a[1] + "/target/softlabel-job.jar:" + a[2] + "/jars/*",
                "org.rapaio.jupyter.kernel.MainApp",
                "{connection_file}"));
        System.out.println(new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValueAsString(Map.of("argv", command, "display_name", "Java with Softlabel", "language", "java")));
    }
}
