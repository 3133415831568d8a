package ai.softlabel.data;

import java.io.IOException;

/** A file that does not become a picture, whoever reads it and however often; the message is the reason. */
final class Undecodable extends IOException {
    private static final long serialVersionUID = 1;

    Undecodable(String reason) {
        super(reason);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
