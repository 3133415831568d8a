package ai.softlabel.command;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;

/** A record with one component changed, for tests. */
final class Records {
    private Records() {}

    static boolean has(Record record, String name) {
        return Arrays.stream(record.getClass().getRecordComponents())
                .anyMatch(c -> c.getName().equals(name));
    }

    static Record with(Record record, String name, Object value) {
        try {
            RecordComponent[] components = record.getClass().getRecordComponents();
            Object[] values = new Object[components.length];
            boolean found = false;
            for (int i = 0; i < values.length; i++) {
                boolean here = components[i].getName().equals(name);
                found |= here;
                components[i].getAccessor().setAccessible(true);
                values[i] = here ? value : components[i].getAccessor().invoke(record);
            }
            if (!found) {
                throw new IllegalArgumentException("no component " + name);
            }
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            return (Record) record.getClass().getDeclaredConstructor(types).newInstance(values);
        } catch (InvocationTargetException e) {
            // A record that refuses its values says so itself.
            if (e.getCause() instanceof RuntimeException refused) {
                throw refused;
            }
            throw new IllegalStateException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
