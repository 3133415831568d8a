package com.intel.analytics.bigdl.mkl;

import ai.softlabel.bigdl.Natives;
import java.util.List;

/** Loads mkldnn for {@code MklDnn}, which calls this once. */
public class Loader {
    private static final List<String> LIBRARIES =
            List.of("libiomp5.so", "libmklml_intel.so", "libmkldnn.so", "libjdnn.so");

    /** @throws LinkageError where the libraries can't be unpacked or loaded */
    public void init() {
        // Written out: the class that calls System.load decides which class loader gets the library.
        Natives.load(LIBRARIES, path -> System.load(path));
    }
}
