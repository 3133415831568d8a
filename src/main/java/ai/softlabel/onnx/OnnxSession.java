package ai.softlabel.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * A model in ONNX Runtime, on its CPU provider, for batches of one shape. One thread at a time may use it. It can't be
 * loaded where ONNX Runtime is missing: ask {@link OnnxRuntime} first.
 */
public final class OnnxSession implements AutoCloseable {
    private final OrtSession session;
    private final OnnxTensor input;
    private final FloatBuffer given;
    private final String name;

    /**
     * Loads a model.
     *
     * @param model an ONNX file of one input
     * @param threads threads that an operator uses, at least 1
     * @param shape the input's
     * @throws JobException where ONNX Runtime refuses the model
     */
    public OnnxSession(byte[] model, int threads, long... shape) {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            // Threads that wait would take the cores from decoding, as BigDL's would.
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            session = OrtEnvironment.getEnvironment().createSession(model, options);
        } catch (OrtException e) {
            throw failed(e);
        }
        name = session.getInputNames().iterator().next();
        int size = 1;
        for (long s : shape) {
            size = Math.multiplyExact(size, (int) s);
        }
        given = ByteBuffer.allocateDirect(Math.multiplyExact(Float.BYTES, size))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        try {
            // Of a direct buffer it is a view: what is written there later is read.
            input = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), given, shape);
        } catch (OrtException e) {
            closeSession();
            throw failed(e);
        }
    }

    /**
     * Runs the model.
     *
     * @param values the input's values, row-major
     * @return each output's values, row-major, in the outputs' order
     */
    public float[][] run(float[] values) {
        given.clear();
        given.put(values);
        try (OrtSession.Result result = session.run(Map.of(name, input))) {
            float[][] out = new float[result.size()][];
            for (int i = 0; i < out.length; i++) {
                FloatBuffer found = ((OnnxTensor) result.get(i)).getFloatBuffer();
                out[i] = new float[found.remaining()];
                found.get(out[i]);
            }
            return out;
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    private static JobException failed(OrtException e) {
        return new JobException(
                ExitStatus.TRAINING,
                "expected ONNX Runtime to run the model, found " + e.getMessage() + "; leave --engine out",
                e);
    }

    private void closeSession() {
        try {
            session.close();
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    @Override
    public void close() {
        input.close();
        closeSession();
    }
}
