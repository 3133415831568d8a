package ai.softlabel.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the operating system says of this process's memory. */
public final class ProcessMemory {
    private ProcessMemory() {}

    /** The most memory that was ever resident, in bytes, natives included; 0 where the system does not tell. */
    public static long peakResident() {
        return status("VmHWM:");
    }

    /** What is resident now, in bytes, natives included; 0 where the system does not tell. */
    public static long resident() {
        return status("VmRSS:");
    }

    private static long status(String field) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith(field)) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
                }
            }
        } catch (IOException e) {
            return 0;
        }
        return 0;
    }
}
