package ai.softlabel.data;

import java.io.IOException;
import java.io.Serializable;

/** Reads a picture's bytes by its name; runs on executors. */
public interface Source extends Serializable {
    byte[] read(String name) throws IOException;

    /** Where it reads from, for messages: the URI of a folder, or what else names it. */
    default String where() {
        return "the built-in sample";
    }
}
