package ai.softlabel.command;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;

/** A record with one component changed, for tests. */
final class Records {
    private Records() {}

    /** The record with one component changed, its own or that of a record within it. */
    static Record within(Record record, String name, Object value) {
        if (has(record, name)) {
            return with(record, name, value);
        }
        for (RecordComponent c : record.getClass().getRecordComponents()) {
            if (Record.class.isAssignableFrom(c.getType()) && holds(c.getType(), name)) {
                return with(record, c.getName(), within((Record) get(record, c), name, value));
            }
        }
        throw new IllegalArgumentException("no component " + name);
    }

    private static boolean holds(Class<?> type, String name) {
        return Arrays.stream(type.getRecordComponents())
                .anyMatch(c -> c.getName().equals(name)
                        || (Record.class.isAssignableFrom(c.getType()) && holds(c.getType(), name)));
    }

    private static Object get(Record record, RecordComponent c) {
        try {
            c.getAccessor().setAccessible(true);
            return c.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean has(Record record, String name) {
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
