package ai.softlabel.cluster;

import ai.softlabel.Program;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The commands in docs/clusters.md and docs/airflow.md: training, the tab, the history server, Airflow. */
@Tag("cluster")
@Tag("long")
class WalkthroughIT {
    @Test
    void thePagesCommandsWork() throws Exception {
        Program.run("docs/walkthrough.sh").ended(0);
    }
}
