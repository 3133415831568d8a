package ai.softlabel.spark;

import ai.softlabel.Plain;

/** A stage that failed because one of its tasks did, with something that is not ours to explain. */
public final class TaskFailure extends Exception {
    private static final long serialVersionUID = 1;

    TaskFailure(Throwable task, Exception job) {
        super(text(task), task);
        addSuppressed(job);
    }

    private static String text(Throwable task) {
        Throwable root = task;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null || message.isBlank()
                ? root.getClass().getName()
                : root.getClass().getSimpleName() + ": " + Plain.reason(message);
    }
}
