package ai.softlabel.bigdl;

import com.intel.analytics.bigdl.dllib.nn.Container;
import com.intel.analytics.bigdl.dllib.nn.abstractnn.AbstractModule;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.CAddTable;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.ConcatTable;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.Identity;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.MemoryData;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.MemoryOwner;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.MklDnnModule;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.ReLU;
import com.intel.analytics.bigdl.dllib.tensor.DnnTensor;
import com.intel.analytics.bigdl.dllib.tensor.DnnTensor$;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Lays out the native memory of a compiled training graph. BigDL gives each layer an output and a gradient of its own,
 * though most of them are of no use soon after. Here a ReLU writes over its input, and a sum over its first: no layer
 * of {@link Layers} needs what it put out to go backward, and a ReLU tells from its output what it did. Gradients share
 * a few buffers, taken in turns, since in a {@link Chain} a gradient is done with once the layer below has read it.
 */
final class SharedMemory {
    /** A buffer, and what will lie in it. */
    private static final class Buffer {
        private final List<DnnTensor<Object>> tensors = new ArrayList<>();
        private boolean taken;
    }

    private final List<Buffer> buffers = new ArrayList<>();

    private SharedMemory() {}

    /** Lays out a graph that has been compiled for training and has not run yet. */
    static void layOut(Chain graph) {
        inPlace(graph);
        SharedMemory gradients = new SharedMemory();
        gradients.backward(graph, null, true);
        gradients.allocate(graph);
        // Convolutions run one after the other, so they spread what they read in one place.
        SharedMemory spread = new SharedMemory();
        spread.spread(graph);
        spread.allocate(graph);
    }

    /** Puts what all convolutions spread for themselves into one buffer each. */
    private void spread(Container<?, ?, ?> container) {
        for (AbstractModule<?, ?, ?> module : Layers.children(container)) {
            if (module instanceof Container<?, ?, ?> inner) {
                spread(inner);
            } else if (module instanceof Convolution convolution) {
                List<DnnTensor<Object>> own = convolution.spread();
                for (int i = 0; i < own.size(); i++) {
                    if (i == buffers.size()) {
                        buffers.add(new Buffer());
                    }
                    buffers.get(i).tensors.add(own.get(i));
                }
            }
        }
    }

    /** Makes ReLUs and sums of a chain write over what they read. */
    private static void inPlace(Chain chain) {
        List<AbstractModule<?, ?, ?>> layers = Layers.children(chain);
        for (int i = 0; i < layers.size(); i++) {
            AbstractModule<?, ?, ?> layer = layers.get(i);
            if (layer instanceof Chain inner) {
                inPlace(inner);
            } else if (layer instanceof ConcatTable table) {
                for (AbstractModule<?, ?, ?> branch : Layers.children(table)) {
                    if (branch instanceof Chain inner) {
                        inPlace(inner);
                    }
                }
            } else if (i > 0 && (layer instanceof ReLU || layer instanceof CAddTable)) {
                AbstractModule<?, ?, ?> before = last(layers.get(i - 1));
                if (before != null && fits((MklDnnModule) before, (MklDnnModule) layer)) {
                    tensor(layer.output()).set(tensor(before.output()));
                }
            }
        }
    }

    /** What makes a module's output, the first of a table's; null where that is not a layer of the module. */
    private static AbstractModule<?, ?, ?> last(AbstractModule<?, ?, ?> module) {
        if (module instanceof Chain chain) {
            List<AbstractModule<?, ?, ?>> layers = Layers.children(chain);
            return last(layers.get(layers.size() - 1));
        } else if (module instanceof ConcatTable table) {
            return last(Layers.children(table).get(0));
        }
        return module instanceof Identity ? null : module;
    }

    private static boolean fits(MklDnnModule before, MklDnnModule layer) {
        return same(before.outputFormats()[0], layer.inputFormats()[0])
                && same(layer.inputFormats()[0], layer.outputFormats()[0]);
    }

    private static boolean same(MemoryData one, MemoryData other) {
        return one.layout() == other.layout() && Arrays.equals(one.shape(), other.shape());
    }

    /**
     * Plans a module's backward pass.
     *
     * @param gradient where the gradient of the module's output lies; null where that is not ours
     * @param kept whether that is still wanted after the pass
     * @return where the gradient of its input will lie
     */
    private Buffer backward(AbstractModule<?, ?, ?> module, Buffer gradient, boolean kept) {
        if (module instanceof Chain chain) {
            Buffer at = gradient;
            List<AbstractModule<?, ?, ?>> layers = Layers.children(chain);
            for (int i = layers.size() - 1; i >= 0; i--) {
                boolean keep = kept && at == gradient;
                Buffer next = backward(layers.get(i), at, keep);
                if (at != null && at != next && !keep) {
                    at.taken = false;
                }
                at = next;
            }
            return at;
        } else if (module instanceof ConcatTable table) {
            List<AbstractModule<?, ?, ?>> branches = Layers.children(table);
            Buffer first = backward(branches.get(0), gradient, true);
            Buffer second = backward(branches.get(1), gradient, true);
            // The sum of both, over the first; in no case over the second.
            MklDnnModule main = (MklDnnModule) branches.get(0);
            boolean over = first != gradient && same(main.gradInputFormats()[0], table.gradInputFormats()[0]);
            Buffer sum = over ? first : take();
            free(first, gradient, sum);
            free(second, gradient, sum);
            return add(sum, table);
        } else if (module instanceof CAddTable || module instanceof Identity) {
            return gradient;
        } else if (module instanceof ReLU relu
                && gradient != null
                && !kept
                && same(relu.gradOutputFormats()[0], relu.gradInputFormats()[0])) {
            return add(gradient, module);
        }
        return add(take(), module);
    }

    private Buffer take() {
        Buffer free = buffers.stream().filter(b -> !b.taken).findFirst().orElse(null);
        if (free == null) {
            free = new Buffer();
            buffers.add(free);
        }
        free.taken = true;
        return free;
    }

    private static void free(Buffer buffer, Buffer wanted, Buffer alsoWanted) {
        if (buffer != wanted && buffer != alsoWanted) {
            buffer.taken = false;
        }
    }

    private static Buffer add(Buffer buffer, AbstractModule<?, ?, ?> module) {
        if (module.gradInput() instanceof DnnTensor<?>) {
            buffer.tensors.add(tensor(module.gradInput()));
        }
        return buffer;
    }

    private void allocate(MemoryOwner owner) {
        for (Buffer buffer : buffers) {
            int size = buffer.tensors.stream()
                    .mapToInt(t -> t.storage().length())
                    .max()
                    .orElse(0);
            if (size > 0) {
                DnnTensor<Object> memory = DnnTensor$.MODULE$.apply(size, Engine.FLOAT, Engine.FLOATS, owner);
                buffer.tensors.forEach(t -> t.set(memory));
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static DnnTensor<Object> tensor(Object activity) {
        return (DnnTensor<Object>) activity;
    }
}
