package ai.softlabel.files;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * Who has a {@link Lease}.
 *
 * @param token this holder's and no other's, without spaces
 * @param host its host's name
 * @param space its namespace of processes, in which {@code process} is a number
 * @param process its process
 * @param started when the process started, in milliseconds since 1970, 0 where that is not known
 * @param since when it took the lease, by its own clock, to be read by people
 */
record Holder(String token, String host, String space, long process, long started, String since) {
    private static final int FIELDS = 6;

    /** This process. */
    static Holder here(String token) throws IOException {
        return new Holder(
                token,
                InetAddress.getLocalHost().getHostName(),
                processes(),
                ProcessHandle.current().pid(),
                started(ProcessHandle.current()),
                Instant.now().truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString());
    }

    /** Whether this was a process of this host that is gone. */
    boolean dead() throws IOException {
        if (!host.equals(InetAddress.getLocalHost().getHostName()) || !space.equals(processes())) {
            return false;
        }
        Optional<ProcessHandle> found = ProcessHandle.of(process);
        return found.isEmpty() || !found.get().isAlive() || started(found.get()) != started;
    }

    String text() {
        return String.join(" ", token, host, space, Long.toString(process), Long.toString(started), since) + "\n";
    }

    /** What {@link #text} wrote; null for anything else. */
    static Holder of(String text) {
        String[] fields = text.strip().split(" ", -1);
        if (fields.length != FIELDS) {
            return null;
        }
        try {
            return new Holder(
                    fields[0], fields[1], fields[2], Long.parseLong(fields[3]), Long.parseLong(fields[4]), fields[5]);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static long started(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    /** Containers of one host have processes of the same numbers, in spaces of their own. */
    private static String processes() throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
    }
}
