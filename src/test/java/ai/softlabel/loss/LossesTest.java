package ai.softlabel.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class LossesTest {
    @Test
    void labelSmoothingIsTheDefault() {
        assertEquals("label-smoothing", Losses.names().get(0));
        assertEquals(LabelSmoothing.of(0.1), Losses.of("label-smoothing"));
        assertEquals(new MaxSup(0.1), Losses.of("max-sup"));
        assertEquals(new MaxSup(0.25), Losses.of("max-sup:alpha=0.25"));
        assertEquals(new MaxSup(0.25), Losses.of("max-sup", Losses.parameters(" alpha = 0.25 ")));
    }

    /** A class that no name leads to could not be chosen, and no contract would hold it. */
    @Test
    void everyLossIsInTheList() {
        Set<String> classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("ai.softlabel").stream()
                        .filter(c -> c.isAssignableTo(Loss.class) && !c.isInterface() && c.isTopLevelClass())
                        .map(JavaClass::getName)
                        // Neither is a loss by itself: each holds one of another's.
                        .filter(name -> !name.equals(ClassWeighted.class.getName()))
                        .filter(name -> !name.equals("ai.softlabel.api.CustomLoss"))
                        .collect(Collectors.toCollection(TreeSet::new));
        Set<String> known = Losses.types().stream()
                .map(t -> t.of(Map.of()).getClass().getName())
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(known, classes);
        assertEquals(Losses.names().size(), new HashSet<>(Losses.names()).size());
    }

    @Test
    void aLossComesBackFromItsTextAndFromItsBytes() throws Exception {
        for (LossType type : Losses.types()) {
            Loss loss = type.of(Map.of());
            assertEquals(type.name(), loss.name());
            assertEquals(
                    type.parameters().stream().collect(Collectors.toMap(LossParameter::name, LossParameter::standard)),
                    loss.parameters());
            assertEquals(
                    type.parameters().stream().map(LossParameter::name).toList(),
                    List.copyOf(loss.parameters().keySet()));
            assertEquals(loss, Losses.of(Losses.text(loss)));
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                out.writeObject(loss);
            }
            try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
                assertEquals(loss, in.readObject());
            }
        }
    }

    @Test
    void mistakesAreQuoted() {
        assertMistake("[label-smoothing, max-sup", "found poly", () -> Losses.of("poly"));
        assertMistake("[alpha] as a parameter of the loss max-sup", "found gamma", () -> Losses.of("max-sup:gamma=1"));
        assertMistake("alpha of the loss max-sup in [0, 1)", "found 1;", () -> Losses.of("max-sup:alpha=1"));
        assertMistake("in [0, 1)", "found -0.5;", () -> Losses.of("label-smoothing:epsilon=-0.5"));
        assertMistake("in [0, 1)", "found NaN;", () -> Losses.of("label-smoothing:epsilon=NaN"));
        assertMistake("name=number", "found alpha;", () -> Losses.of("max-sup:alpha"));
        assertMistake("name=number", "found alpha=x;", () -> Losses.of("max-sup:alpha=x"));
        assertMistake("once", "found alpha twice", () -> Losses.of("max-sup:alpha=0.1,alpha=0.2"));
        assertMistake("6 learnt values", "found 2", () -> LossState.of(new Six(), 3, new float[2]));
        for (LossType type : Losses.types()) {
            for (LossParameter p : type.parameters()) {
                Map<String, Double> above = Map.of(p.name(), p.below());
                assertMistake(p.name() + " of the loss " + type.name(), "found", () -> type.of(above));
            }
        }
    }

    private static void assertMistake(String expected, String found, Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.startsWith("expected ") && message.contains(expected) && message.contains(found), message);
    }

    /** Learns six numbers. */
    private record Six() implements Loss {
        @Override
        public String name() {
            return "six";
        }

        @Override
        public Map<String, Double> parameters() {
            return Map.of();
        }

        @Override
        public float[] initial(int classes) {
            return new float[6];
        }

        @Override
        public double row(double[] x, double[] q, int n, double weight, LossState state, double[] gradient) {
            return 0;
        }
    }
}
