package ai.softlabel.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory of this process, as the operating system reports it. */
public final class ProcessMemory {
    private ProcessMemory() {}

    /** Peak resident memory in bytes, native memory included; 0 if unknown. */
    public static long peakResident() {
        return status("VmHWM:");
    }

    /** Resident memory in bytes, native memory included; 0 if unknown. */
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
