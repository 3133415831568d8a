package ai.softlabel.bigdl;

import bigdl.shaded.scala.Tuple2;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.MemoryData;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.NativeData;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.Phase;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.ReLU;

/**
 * A ReLU that takes its output's gradient in its input's layout. BigDL's takes it as it comes, for example from a
 * grouped convolution in another layout, and mkldnn then has only a reference kernel, many times slower than a reorder.
 */
class MatchingReLU extends ReLU {
    private static final long serialVersionUID = 1;

    MatchingReLU() {
        super(0f);
    }

    @Override
    public Tuple2<MemoryData[], MemoryData[]> initBwdPrimitives(MemoryData[] grad, Phase phase) {
        return super.initBwdPrimitives(like(_inputFormats()[0]), phase);
    }

    /** Memory of the same layout. A new one: where the kernels read from is a matter of the object. */
    static MemoryData[] like(MemoryData data) {
        return new MemoryData[] {new NativeData(data.shape(), data.layout(), data.dataType())};
    }
}
