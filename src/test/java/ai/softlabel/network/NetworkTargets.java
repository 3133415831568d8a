package ai.softlabel.network;

import ai.softlabel.ExitStatus;
import ai.softlabel.fuzz.Promise;
import java.util.Set;

/** What the network room promises for any bytes; a fuzz target calls it. */
public final class NetworkTargets {
    private NetworkTargets() {}

    /** Any bytes are a safetensors file whose tensors can be read, or a line that says why not. */
    public static void safetensors(byte[] file) {
        Promise.oneLine(Set.of(ExitStatus.INPUT), () -> {
            Safetensors tensors = Safetensors.read("weights", file);
            long values = 0;
            for (String name : tensors.names()) {
                long size = 1;
                for (int n : tensors.shape(name)) {
                    size *= n;
                }
                Promise.require(size >= 0 && size <= file.length, name + " has " + size + " values");
                values += size;
            }
            Promise.require(values <= file.length, values + " values in " + file.length + " bytes");
            for (String name : tensors.names()) {
                tensors.floats(name, new float[file.length], 0);
            }
        });
    }
}
