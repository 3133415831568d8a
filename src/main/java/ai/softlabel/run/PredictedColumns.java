package ai.softlabel.run;

import ai.softlabel.run.PredictedFile.Written;
import ai.softlabel.run.PredictedPicture.Choice;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/**
 * How a {@link PredictedPicture} lies in Parquet: lists in three levels, as the format's document LogicalTypes.md has
 * them and Spark reads them.
 */
final class PredictedColumns extends WriteSupport<PredictedPicture> {
    private final Written written;
    private final Supplier<Map<String, String>> notes;
    private RecordConsumer out;

    PredictedColumns(Written written, Supplier<Map<String, String>> notes) {
        this.written = written;
        this.notes = notes;
    }

    private static MessageType schema(Written written) {
        Types.MessageTypeBuilder columns = Types.buildMessage();
        columns.addFields(
                text("path"),
                text("class"),
                Types.required(PrimitiveTypeName.DOUBLE).named("confidence"),
                list("top_k", choice()));
        if (written.score()) {
            columns.addField(Types.required(PrimitiveTypeName.DOUBLE).named("score"));
        }
        if (written.abstain()) {
            columns.addField(Types.required(PrimitiveTypeName.BOOLEAN).named("abstain"));
        }
        if (written.set()) {
            columns.addField(list("prediction_set", text("element")));
        }
        if (written.labels()) {
            columns.addField(list("labels", choice()));
        }
        if (written.all()) {
            columns.addField(
                    list("logits", Types.required(PrimitiveTypeName.FLOAT).named("element")));
            columns.addField(list(
                    "probabilities", Types.required(PrimitiveTypeName.DOUBLE).named("element")));
        }
        return columns.named("predictions");
    }

    private static Type choice() {
        return Types.requiredGroup()
                .addField(text("class"))
                .addField(Types.required(PrimitiveTypeName.DOUBLE).named("probability"))
                .named("element");
    }

    private static Type text(String name) {
        return Types.required(PrimitiveTypeName.BINARY)
                .as(LogicalTypeAnnotation.stringType())
                .named(name);
    }

    private static Type list(String name, Type element) {
        return Types.requiredGroup()
                .as(LogicalTypeAnnotation.listType())
                .addField(Types.repeatedGroup().addField(element).named("list"))
                .named(name);
    }

    @Override
    public String getName() {
        return "softlabel";
    }

    // Deprecated, and still the one that must be there.
    @Override
    @SuppressWarnings("deprecation")
    public WriteContext init(Configuration configuration) {
        return new WriteContext(schema(written), Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer consumer) {
        out = consumer;
    }

    @Override
    public FinalizedWriteContext finalizeWrite() {
        return new FinalizedWriteContext(notes.get());
    }

    @Override
    public void write(PredictedPicture p) {
        out.startMessage();
        field("path", 0, () -> out.addBinary(Binary.fromString(p.path())));
        field("class", 1, () -> out.addBinary(Binary.fromString(p.predicted())));
        field("confidence", 2, () -> out.addDouble(p.confidence()));
        list("top_k", 3, p.topK().size(), i -> write(p.topK().get(i)));
        int next = 4;
        if (written.score()) {
            field("score", next++, () -> out.addDouble(p.own().score()));
        }
        if (written.abstain()) {
            field("abstain", next++, () -> out.addBoolean(p.own().abstain()));
        }
        if (written.set()) {
            list(
                    "prediction_set",
                    next++,
                    p.own().set().size(),
                    i -> out.addBinary(Binary.fromString(p.own().set().get(i))));
        }
        if (written.labels()) {
            list(
                    "labels",
                    next++,
                    p.own().labels().size(),
                    i -> write(p.own().labels().get(i)));
        }
        if (written.all()) {
            list("logits", next++, p.logits().length, i -> out.addFloat(p.logits()[i]));
            list("probabilities", next, p.probabilities().length, i -> out.addDouble(p.probabilities()[i]));
        }
        out.endMessage();
    }

    private void write(Choice c) {
        out.startGroup();
        field("class", 0, () -> out.addBinary(Binary.fromString(c.name())));
        field("probability", 1, () -> out.addDouble(c.probability()));
        out.endGroup();
    }

    private void field(String name, int index, Runnable value) {
        out.startField(name, index);
        value.run();
        out.endField(name, index);
    }

    /** Writes the element at a place. */
    private interface Element {
        void write(int place);
    }

    private void list(String name, int index, int size, Element element) {
        field(name, index, () -> {
            out.startGroup();
            // Parquet has no empty field; a list without elements is a group without one.
            if (size > 0) {
                field("list", 0, () -> {
                    for (int i = 0; i < size; i++) {
                        int place = i;
                        out.startGroup();
                        field("element", 0, () -> element.write(place));
                        out.endGroup();
                    }
                });
            }
            out.endGroup();
        });
    }
}
