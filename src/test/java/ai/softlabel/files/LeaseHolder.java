package ai.softlabel.files;

import ai.softlabel.JobException;
import org.apache.hadoop.conf.Configuration;

/** A program that takes the lease of a directory, and keeps it until its input ends. */
final class LeaseHolder {
    private LeaseHolder() {}

    public static void main(String[] args) throws Exception {
        Directory out = Directory.of("out", args[0], new Configuration());
        try (Lease lease = Lease.take(out, "out", Double.parseDouble(args[1]))) {
            System.out.println("taken");
            while (System.in.read() >= 0) {
                lease.check();
                System.out.println("kept");
            }
        } catch (JobException e) {
            System.out.println(e.getMessage());
            System.exit(e.status().code());
        }
    }
}
