package ai.softlabel.bigdl;

import bigdl.shaded.scala.Tuple2;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.MemoryData;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.NativeData;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.Phase;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.SpatialBatchNormalization;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.SpatialBatchNormalization$;
import com.intel.analytics.bigdl.mkl.Memory;

/**
 * A BatchNorm that never works on channels in blocks of four. BigDL's takes its input as it comes. With AVX-512 a
 * grouped convolution of four channels to a group (ResNeXt's first stage) yields such blocks, for which mkldnn 0.19 has
 * no backward pass: it ends the JVM.
 */
final class BatchNorm extends SpatialBatchNormalization {
    private static final long serialVersionUID = 1;

    BatchNorm(int channels, double epsilon, double momentum) {
        super(
                channels,
                epsilon,
                momentum,
                null,
                null,
                null,
                null,
                SpatialBatchNormalization$.MODULE$.$lessinit$greater$default$8());
    }

    @Override
    public Tuple2<MemoryData[], MemoryData[]> initFwdPrimitives(MemoryData[] in, Phase phase) {
        MemoryData data = in[0];
        if (data.layout() != Memory.Format.nChw4c) {
            return super.initFwdPrimitives(in, phase);
        }
        int layout = data.shape()[1] % 16 == 0 ? Memory.Format.nChw16c : Memory.Format.nchw;
        return super.initFwdPrimitives(new MemoryData[] {new NativeData(data.shape(), layout, data.dataType())}, phase);
    }
}
