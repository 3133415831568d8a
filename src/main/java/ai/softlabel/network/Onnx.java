package ai.softlabel.network;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/**
 * The messages of ONNX's protobuf schema (onnx.proto3, IR version 8) that the networks need, written field by field
 * with protobuf's own encoder: Maven has no ONNX classes for Scala 2.13, and the schema's text is not ours to copy.
 */
final class Onnx {
    private static final int IR_VERSION = 8;
    private static final int OPSET = 17;
    private static final int FLOAT = 1;
    private static final int UINT8 = 2;
    private static final int INT8 = 3;
    private static final int INT32 = 6;

    private Onnx() {}

    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private static ByteString message(Fields fields) {
        ByteString.Output bytes = ByteString.newOutput();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteString();
    }

    /** ModelProto. */
    static ByteString model(
            List<ByteString> nodes,
            List<ByteString> tensors,
            ByteString input,
            List<ByteString> outputs,
            Map<String, String> metadata) {
        ByteString graph = message(out -> {
            for (ByteString node : nodes) {
                out.writeBytes(1, node);
            }
            out.writeString(2, "softlabel");
            for (ByteString tensor : tensors) {
                out.writeBytes(5, tensor);
            }
            out.writeBytes(11, input);
            for (ByteString output : outputs) {
                out.writeBytes(12, output);
            }
        });
        ByteString opset = message(out -> {
            out.writeString(1, "");
            out.writeInt64(2, OPSET);
        });
        return message(out -> {
            out.writeInt64(1, IR_VERSION);
            out.writeString(2, "softlabel");
            out.writeBytes(7, graph);
            out.writeBytes(8, opset);
            for (Map.Entry<String, String> e : metadata.entrySet()) {
                out.writeBytes(14, message(entry -> {
                    entry.writeString(1, e.getKey());
                    entry.writeString(2, e.getValue());
                }));
            }
        });
    }

    /** NodeProto with one output of the node's name. */
    static ByteString node(String type, String name, List<String> inputs, List<ByteString> attributes) {
        return message(out -> {
            for (String input : inputs) {
                out.writeString(1, input);
            }
            out.writeString(2, name);
            out.writeString(3, name);
            out.writeString(4, type);
            for (ByteString attribute : attributes) {
                out.writeBytes(5, attribute);
            }
        });
    }

    /** AttributeProto of type FLOAT. */
    static ByteString real(String name, float value) {
        return message(out -> {
            out.writeString(1, name);
            out.writeFloat(2, value);
            out.writeEnum(20, 1);
        });
    }

    /** AttributeProto of type INT. */
    static ByteString integer(String name, long value) {
        return message(out -> {
            out.writeString(1, name);
            out.writeInt64(3, value);
            out.writeEnum(20, 2);
        });
    }

    /** AttributeProto of type INTS. */
    static ByteString ints(String name, long... values) {
        return message(out -> {
            out.writeString(1, name);
            for (long value : values) {
                out.writeInt64(8, value);
            }
            out.writeEnum(20, 7);
        });
    }

    /** TensorProto of floats, values little-endian. */
    static ByteString tensor(String name, int[] shape, float[] values, int from) {
        int size = 1;
        for (int s : shape) {
            size *= s;
        }
        ByteBuffer raw = ByteBuffer.allocate(4 * size).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values, from, size);
        return tensor(name, shape, FLOAT, raw);
    }

    /** TensorProto of bytes, signed or unsigned. */
    static ByteString bytes(String name, int[] shape, boolean signed, byte[] values) {
        return tensor(name, shape, signed ? INT8 : UINT8, ByteBuffer.wrap(values));
    }

    /** TensorProto of 32-bit integers, values little-endian. */
    static ByteString integers(String name, int[] shape, int[] values) {
        ByteBuffer raw = ByteBuffer.allocate(Integer.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asIntBuffer().put(values);
        return tensor(name, shape, INT32, raw);
    }

    private static ByteString tensor(String name, int[] shape, int type, ByteBuffer raw) {
        return message(out -> {
            for (int s : shape) {
                out.writeInt64(1, s);
            }
            out.writeInt32(2, type);
            out.writeString(8, name);
            out.writeByteBuffer(9, raw);
        });
    }

    /** ValueInfoProto of floats, the first dimension free. */
    static ByteString value(String name, String batch, int... rest) {
        ByteString shape = message(out -> {
            out.writeBytes(1, message(dimension -> dimension.writeString(2, batch)));
            for (int r : rest) {
                out.writeBytes(1, message(dimension -> dimension.writeInt64(1, r)));
            }
        });
        ByteString tensor = message(out -> {
            out.writeInt32(1, FLOAT);
            out.writeBytes(2, shape);
        });
        return message(out -> {
            out.writeString(1, name);
            out.writeBytes(2, message(type -> type.writeBytes(1, tensor)));
        });
    }
}
