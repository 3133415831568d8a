package ai.softlabel;

import java.util.Locale;

/** Lengths of time as people read them. */
public final class Seconds {
    private Seconds() {}

    /** "42 s", "4 min 05 s" or "2 h 30 min". */
    public static String text(double seconds) {
        long s = Math.round(seconds);
        return s < 60
                ? s + " s"
                : s < 3600
                        ? String.format(Locale.ROOT, "%d min %02d s", s / 60, s % 60)
                        : String.format(Locale.ROOT, "%d h %02d min", s / 3600, s / 60 % 60);
    }
}
