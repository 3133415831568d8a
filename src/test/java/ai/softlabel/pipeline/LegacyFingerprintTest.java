package ai.softlabel.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import ai.softlabel.data.HeldOut;
import ai.softlabel.train.Augmentation;
import ai.softlabel.train.Hyperparameters;
import ai.softlabel.train.Optimization;
import ai.softlabel.train.Recipe;
import ai.softlabel.train.Wire;
import org.junit.jupiter.api.Test;

/** The hashes here were printed by version 0.1 for these settings. */
class LegacyFingerprintTest {
    private static final Hyperparameters HYPERPARAMETERS = Hyperparameters.builder()
            .architecture("resnet34")
            .imageSize(64)
            .testSize(96)
            .batchSize(16)
            .epochs(3)
            .frozenEpochs(1)
            .headPasses(5)
            .frozenNorm(true)
            .seed(7)
            .smoothing(0.05)
            .augmentation(new Augmentation(0.5, 0.1, 0.2, 0.3, 2))
            .optimization(new Optimization(
                    "adamw", "cosine", 0.01, 0.2, 0.3, 2, 0.8, 0.1, 5e-4, 1, 0.9, 2, Wire.BFLOAT16, 5e-4, 1, false))
            .build();

    @Test
    void checkpointsOfVersionOneAreKnownAgain() {
        assertEquals(
                "4e22cda995f1c99e84ebfc353d42902ec221d169d9243eadfdab8f37a71a630a",
                LegacyFingerprint.checkpoint(new Recipe(HYPERPARAMETERS, 4, 2), "abc", "w.safetensors"));
    }

    @Test
    void optionsThatVersionOneDidNotHaveAreNotItsOwn() {
        Hyperparameters later = HYPERPARAMETERS.toBuilder()
                .optimization(new Optimization(
                        "adamw", "cosine", 0.01, 0.2, 0.3, 2, 0.8, 0.1, 5e-4, 1, 0.9, 2, Wire.BFLOAT16, 0.1, 1, false))
                .build();
        assertNotEquals(
                LegacyFingerprint.checkpoint(new Recipe(HYPERPARAMETERS, 4, 2), "abc", "w.safetensors"),
                LegacyFingerprint.checkpoint(new Recipe(later, 4, 2), "abc", "w.safetensors"));
    }

    @Test
    void studiesOfVersionOneAreKnownAgain() {
        TrainingSetup setup = TrainingSetup.builder()
                .data("data")
                .split(0.2)
                .validation(new HeldOut(0.25, false))
                .weights("w.safetensors")
                .hyperparameters(HYPERPARAMETERS)
                .stepTimeout(120)
                .testFlip(true)
                .build();
        assertEquals(
                "5da1534421d710b50763a7fb3bfc3d3c4fb76b66f9c7e485c3722c707d232fc7",
                LegacyFingerprint.study(setup, 0, 2, 2, null));
    }
}
