package ai.softlabel.bigdl;

import com.intel.analytics.bigdl.dllib.nn.abstractnn.AbstractModule;
import com.intel.analytics.bigdl.dllib.nn.abstractnn.Activity;

/** A BigDL layer or container, not yet compiled. Made by {@link Layers}, used once, in one {@link Graph}. */
public final class Layer {
    final AbstractModule<? extends Activity, ? extends Activity, Object> module;

    @SuppressWarnings("unchecked")
    Layer(AbstractModule<?, ?, ?> module) {
        this.module = (AbstractModule<? extends Activity, ? extends Activity, Object>) module;
    }
}
