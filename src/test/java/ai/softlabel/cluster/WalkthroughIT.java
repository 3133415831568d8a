package ai.softlabel.cluster;

import ai.softlabel.Program;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The README's commands for a cluster, word for word: training, the tab, the history server, Airflow. */
@Tag("cluster")
class WalkthroughIT {
    @Test
    void theReadmeIsRight() throws Exception {
        Program.run("docs/walkthrough.sh").ended(0);
    }
}
