package ai.softlabel.command.audit;

import ai.softlabel.data.Listing.Entry;
import ai.softlabel.files.Directory;
import ai.softlabel.report.AuditPage;
import ai.softlabel.run.Json;
import ai.softlabel.score.Prediction;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Writes what an audit found: {@code issues.csv}, {@code audit.jsonl}, {@code labels.csv} and {@code report.html}. */
final class AuditFiles {
    private static final String HEADER = "path,label,split,weight,group\n";

    private final Findings findings;
    private final LabelNames names;
    private final Directory out;
    private final Map<String, Prediction> predictions = new HashMap<>();

    AuditFiles(Findings findings, LabelNames names, Directory out) {
        this.findings = findings;
        this.names = names;
        this.out = out;
        findings.predictions().forEach(p -> predictions.put(p.path(), p));
    }

    /** The issues as a table and as a line of JSON each, with what the model says. */
    void issues() throws IOException {
        StringBuilder csv = new StringBuilder("path,label,issue,suggestion,other,score\n");
        StringBuilder lines = new StringBuilder();
        for (Issue i : findings.issues()) {
            csv.append(row(
                    i.path(),
                    i.label(),
                    i.kind().toString(),
                    i.suggestion(),
                    i.other(),
                    String.format(Locale.ROOT, "%.6f", i.score())));
            lines.append(Json.line(json(i)));
        }
        out.writeText("issues.csv", csv.toString());
        out.writeText("audit.jsonl", lines.toString());
    }

    private ObjectNode json(Issue i) {
        Prediction p = predictions.get(i.path());
        return Json.object()
                .put("path", i.path())
                .put("label", i.label())
                .put("part", findings.parts().get(i.path()).name().toLowerCase(Locale.ROOT))
                .put("issue", i.kind().toString())
                .put("suggestion", i.suggestion())
                .put("other", i.other())
                .put("score", i.score())
                .put("predicted", names.predicted(p))
                .put("confidence", LabelNames.confidence(p))
                .put("label_probability", LabelNames.labelProbability(p));
    }

    /** The labels of the pictures that are left when every suggestion to drop is taken, in the form of --labels. */
    void labels() throws IOException {
        Set<String> dropped = findings.dropped();
        StringBuilder csv = new StringBuilder(HEADER);
        for (Entry e : findings.entries()) {
            if (!dropped.contains(e.name())) {
                csv.append(row(fields(e)));
            }
        }
        out.writeText("labels.csv", csv.toString());
    }

    private String[] fields(Entry e) {
        return new String[] {
            e.name(),
            names.of(e),
            findings.parts().get(e.name()).name().toLowerCase(Locale.ROOT),
            e.weight() == 1 ? "" : Double.toString(e.weight()),
            e.group() == null ? "" : e.group()
        };
    }

    /** @param thumbnails JPEGs by picture */
    void page(Map<String, byte[]> thumbnails) throws IOException {
        ObjectNode data = Json.object();
        if (names.several()) {
            data.put("separator", names.separator());
        }
        ArrayNode rows = data.putArray("rows");
        for (Entry e : findings.entries()) {
            ArrayNode row = rows.addArray();
            for (String field : fields(e)) {
                row.add(field);
            }
        }
        ArrayNode issues = data.putArray("issues");
        findings.issues().forEach(i -> issues.add(json(i)));
        ObjectNode pictures = data.putObject("pictures");
        thumbnails.forEach(
                (name, jpeg) -> pictures.put(name, Base64.getEncoder().encodeToString(jpeg)));
        out.writeText("report.html", AuditPage.of(data));
    }

    /** A line of CSV, as RFC 4180 has it. */
    private static String row(String... fields) {
        StringBuilder line = new StringBuilder();
        boolean first = true;
        for (String f : fields) {
            boolean quote =
                    f.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r') || !f.equals(f.strip());
            line.append(first ? "" : ",").append(quote ? "\"" + f.replace("\"", "\"\"") + "\"" : f);
            first = false;
        }
        return line.append('\n').toString();
    }
}
