package ai.softlabel.cluster;

import ai.softlabel.Program;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Hosts of their own on this machine: network namespaces, each on a cable (veth) of its own to a bridge that this
 * machine is on too. It needs root.
 */
final class Hosts implements AutoCloseable {
    private static final String NET = "10.211.77.";
    private static final String BRIDGE = "slbridge";

    private final int count;

    /** Makes the bridge and the hosts; what an earlier run left is removed first. */
    Hosts(int count) throws IOException, InterruptedException {
        this.count = count;
        close();
        ip("link", "add", BRIDGE, "type", "bridge");
        ip("address", "add", NET + "1/24", "dev", BRIDGE);
        ip("link", "set", BRIDGE, "up");
        for (int i = 0; i < count; i++) {
            ip("netns", "add", name(i));
            ip("link", "add", cable(i), "type", "veth", "peer", "name", "eth0", "netns", name(i));
            ip("link", "set", cable(i), "master", BRIDGE, "up");
            ip("-n", name(i), "address", "add", address(i) + "/24", "dev", "eth0");
            ip("-n", name(i), "link", "set", "eth0", "up");
            ip("-n", name(i), "link", "set", "lo", "up");
        }
    }

    /** Whether hosts can be made here. */
    static boolean possible() throws InterruptedException {
        try {
            boolean made = Program.run("ip", "netns", "add", "sltry").status() == 0;
            return made && Program.run("ip", "netns", "delete", "sltry").status() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** This machine's address on the bridge. */
    static String here() {
        return NET + "1";
    }

    /** A host, for daemons. */
    Standalone.Host get(int i) {
        return new Standalone.Host(List.of("ip", "netns", "exec", name(i)), address(i));
    }

    /** Pulls a host's cable out, or puts it in again. */
    void cable(int i, boolean plugged) throws IOException, InterruptedException {
        ip("link", "set", cable(i), plugged ? "up" : "down");
    }

    /** Limits what a host sends and receives to so many megabits a second; 0 ends it. */
    void limit(int i, int megabits) throws IOException, InterruptedException {
        List<List<String>> ends = List.of(
                List.of("tc", "qdisc", megabits == 0 ? "delete" : "add", "dev", cable(i), "root"),
                List.of("tc", "-n", name(i), "qdisc", megabits == 0 ? "delete" : "add", "dev", "eth0", "root"));
        for (List<String> end : ends) {
            List<String> command = new ArrayList<>(end);
            if (megabits > 0) {
                command.addAll(List.of("tbf", "rate", megabits + "mbit", "burst", "64kb", "latency", "100ms"));
            }
            Program.run(Map.of(), command).ended(0);
        }
    }

    private static String name(int i) {
        return "slhost" + i;
    }

    private static String cable(int i) {
        return "slcable" + i;
    }

    private static String address(int i) {
        return NET + (10 + i);
    }

    private static void ip(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        Program.run(Map.of(), command).ended(0);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        for (int i = 0; i < count; i++) {
            // Removes both ends of the cable, whatever is there.
            Program.run("ip", "link", "delete", cable(i));
            Program.run("ip", "netns", "delete", name(i));
        }
        Program.run("ip", "link", "delete", BRIDGE);
    }
}
