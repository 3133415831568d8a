package com.intel.analytics.bigdl.mkl;

import ai.softlabel.bigdl.Natives;
import java.io.IOException;
import java.util.List;

/** Loads mkldnn for {@code MklDnn}, which calls this once. */
public class Loader {
    private static final List<String> LIBRARIES =
            List.of("libiomp5.so", "libmklml_intel.so", "libmkldnn.so", "libjdnn.so");

    /** @throws IOException where the libraries can't be unpacked */
    public void init() throws IOException {
        // Written out: the class that calls System.load decides which class loader gets the library.
        Natives.load(LIBRARIES, path -> System.load(path));
    }
}
