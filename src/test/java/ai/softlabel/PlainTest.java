package ai.softlabel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlainTest {
    @Test
    void controlCharactersAndMarksOfDirectionAreNumbers() {
        assertEquals("a\\u001b[2Jb", Plain.text("a\u001b[2Jb"));
        assertEquals("\\u009b31m\\u007f\\u0000", Plain.text("\u009b31m\u007f\0"));
        assertEquals("\\u202egnp.exe\\u2066\\u200f\\u061c", Plain.text("\u202egnp.exe\u2066\u200f\u061c"));
        assertEquals("a\\u000ab\\u2028c", Plain.text("a\nb\u2028c"));
        String fine = "Müller/été 猫 \uD83D\uDC31.jpg";
        assertSame(fine, Plain.text(fine));
    }

    @Test
    void aMessageIsOneLine() {
        assertEquals(
                "expected a, found b c",
                JobException.input("expected a, found %s", "b\r\n c\n").getMessage());
        assertEquals(
                "found \\u001b]0;x\\u0007",
                new JobException(ExitStatus.INPUT, "found \u001b]0;x\u0007", null).getMessage());
    }

    @Test
    void aReasonIsShort() {
        assertEquals("the first", Plain.reason("\n  the first \nthe second"));
        assertEquals("no message", Plain.reason(null));
        assertEquals("no message", Plain.reason(" \n"));
        assertEquals("x".repeat(300) + " ...", Plain.reason("x".repeat(301)));
        assertEquals("x".repeat(300), Plain.reason("x".repeat(300)));
    }

    @Test
    void whatWasFoundIsCutInAMessage() {
        assertEquals(
                "found " + "x".repeat(400) + " ... " + "x".repeat(99) + "y",
                JobException.options("found %s", "x".repeat(2000) + "y").getMessage());
        assertEquals(
                "found " + "x".repeat(500),
                JobException.input("found %s", "x".repeat(500)).getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '~',
            value = {
                "British_Shorthair;British_Shorthair",
                "a,b;\"a,b\"",
                "say \"hi\";\"say \"\"hi\"\"\"",
                "=1+1;\"'=1+1\"",
                "+1;\"'+1\"",
                "-1;\"'-1\"",
                "@SUM(A1);\"'@SUM(A1)\"",
                "~ =1~;\"' =1\"",
                "a=1;\"a=1\""
            })
    void aFieldIsNoFormula(String text, String field) {
        assertEquals(field, Plain.csv(text));
        assertEquals("", Plain.csv(""));
    }
}
