package ai.softlabel.data;

import java.util.Locale;
import java.util.Set;

/** What a file's ending says of it before it is opened. */
final class Endings {
    private static final Set<String> READ = Set.of("jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp", "webp");
    /** Pictures in formats that are not read, cameras' raw formats among them. */
    private static final Set<String> NOT_READ = Set.of(
            "tif", "tiff", "avif", "heic", "heif", "jp2", "j2k", "jxl", "psd", "tga", "ppm", "pgm", "pbm", "pnm", "dng",
            "nef", "nrw", "cr2", "cr3", "arw", "orf", "rw2", "raf", "pef", "srw");

    private Endings() {}

    /** What a file is. */
    enum Type {
        PICTURE,
        /** A picture that is not read. */
        FOREIGN,
        /** No ending: a link to nothing may have been meant for a folder of pictures. */
        NONE,
        /** No picture. */
        OTHER
    }

    static Type of(String file) {
        int dot = file.lastIndexOf('.');
        if (dot < 0) {
            return Type.NONE;
        }
        String ending = file.substring(dot + 1).toLowerCase(Locale.ROOT);
        return READ.contains(ending) ? Type.PICTURE : NOT_READ.contains(ending) ? Type.FOREIGN : Type.OTHER;
    }

    /** Why a file of {@link Type#FOREIGN} is rejected. */
    static String reason(String file) {
        return file.substring(file.lastIndexOf('.'))
                + " is not among the formats that are read (JPEG, PNG, GIF, BMP, WebP); convert it";
    }
}
