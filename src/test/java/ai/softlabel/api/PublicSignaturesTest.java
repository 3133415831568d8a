package ai.softlabel.api;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Public are {@code api} and {@code ml}, and the criterion; all other packages are internal. */
class PublicSignaturesTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("ai.softlabel");

    private static boolean shown(JavaMember m) {
        Set<JavaModifier> modifiers = m.getModifiers();
        return (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED))
                && !modifiers.contains(JavaModifier.SYNTHETIC);
    }

    private static Set<JavaClass> types(JavaMember m) {
        Set<JavaClass> types = new HashSet<>();
        if (m instanceof JavaCodeUnit unit) {
            types.addAll(unit.getReturnType().getAllInvolvedRawTypes());
            unit.getParameterTypes().forEach(p -> types.addAll(p.getAllInvolvedRawTypes()));
            unit.getExceptionTypes().forEach(types::add);
        } else if (m instanceof JavaField field) {
            types.addAll(field.getType().getAllInvolvedRawTypes());
        }
        return types;
    }

    private static boolean internal(JavaClass type) {
        JavaClass base = type.getBaseComponentType();
        String name = base.getPackageName();
        boolean ours = name.equals("ai.softlabel") || name.startsWith("ai.softlabel.");
        boolean open = name.equals("ai.softlabel.api") || name.equals("ai.softlabel.ml");
        return ours && !(open && base.getModifiers().contains(JavaModifier.PUBLIC))
                || name.startsWith("bigdl.shaded")
                || name.startsWith("com.intel.analytics");
    }

    /** Of a public class all members, those of its superclasses that are not public too. */
    private static final ArchCondition<JavaClass> SHOW_NO_INTERNAL_TYPE =
            new ArchCondition<>("show no internal or relocated type") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    for (JavaMember m : type.getAllMembers()) {
                        boolean own = m.getOwner().getPackageName().startsWith("ai.softlabel.");
                        for (JavaClass shown : own && shown(m) ? types(m) : Set.<JavaClass>of()) {
                            events.add(new SimpleConditionEvent(
                                    type, !internal(shown), m.getFullName() + " shows " + shown.getName()));
                        }
                    }
                }
            };

    @Test
    void noPublicSignatureShowsAnInternalOrRelocatedType() {
        classes()
                .that()
                .resideInAnyPackage("ai.softlabel.api", "ai.softlabel.ml")
                .and()
                .arePublic()
                .should(SHOW_NO_INTERNAL_TYPE)
                .check(CLASSES);
    }

    @Test
    void theRuleFindsAnInternalType() {
        assertTrue(classes()
                .that()
                .haveFullyQualifiedName("ai.softlabel.pipeline.Session")
                .should(SHOW_NO_INTERNAL_TYPE)
                .evaluate(CLASSES)
                .hasViolation());
    }

    @Test
    void nothingButTheStagesUsesTheDoors() {
        noClasses()
                .that()
                .resideOutsideOfPackages("ai.softlabel.api..", "ai.softlabel.ml..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.softlabel.api..", "ai.softlabel.ml..")
                .check(CLASSES);
    }
}
