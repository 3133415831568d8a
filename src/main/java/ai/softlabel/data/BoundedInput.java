package ai.softlabel.data;

import java.io.IOException;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * A file's bytes for a decoder that goes on after their end, as if there were more: after some attempts it fails
 * instead. A few dozen bytes of WebP can name 65,536 code tables, all of them read from what is not there.
 */
final class BoundedInput extends ImageInputStreamImpl {
    /** A whole file's last bits are read in a few dozen. */
    private static final int ATTEMPTS = 1000;

    private final byte[] bytes;
    private int attempts;

    BoundedInput(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public int read() throws IOException {
        bitOffset = 0;
        return streamPos < bytes.length ? bytes[(int) streamPos++] & 0xFF : end();
    }

    @Override
    public int read(byte[] to, int from, int count) throws IOException {
        bitOffset = 0;
        if (count > 0 && streamPos >= bytes.length) {
            return end();
        }
        int n = (int) Math.min(count, bytes.length - streamPos);
        System.arraycopy(bytes, (int) streamPos, to, from, n);
        streamPos += n;
        return n;
    }

    private int end() throws IOException {
        if (++attempts > ATTEMPTS) {
            throw new Undecodable("truncated: the file ends before its picture does");
        }
        return -1;
    }

    @Override
    public long length() {
        return bytes.length;
    }
}
