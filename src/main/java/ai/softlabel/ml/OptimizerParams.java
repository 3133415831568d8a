package ai.softlabel.ml;

import ai.softlabel.train.Optimization;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;

/** The params of {@link ImageClassifier} that say how the network learns. */
abstract class OptimizerParams extends NetworkParams {
    private static final long serialVersionUID = 1;

    private final Param<String> optimizer = new Param<>(
            this, "optimizer", "the optimiser: sgd, adamw or lars", ParamValidators.inArray(Optimization.OPTIMIZERS));
    private final Param<String> schedule = new Param<>(
            this,
            "schedule",
            "the schedule of the learning rate: one-cycle, cosine or step",
            ParamValidators.inArray(Optimization.SCHEDULES));
    private final DoubleParam lr =
            new DoubleParam(this, "lr", "peak learning rate of the late stages of the body", ParamValidators.gt(0));
    private final DoubleParam headLrFactor = new DoubleParam(
            this, "headLrFactor", "learning rate of the head as a multiple of lr", ParamValidators.gt(0));
    private final DoubleParam earlyLrFactor = new DoubleParam(
            this,
            "earlyLrFactor",
            "learning rate of the stem and the early stages as a multiple of lr",
            ParamValidators.gt(0));
    private final DoubleParam frozenLr = new DoubleParam(
            this,
            "frozenLr",
            "peak learning rate of the head in frozen epochs; 0 for lr times headLrFactor",
            ParamValidators.gtEq(0));
    private final DoubleParam weightDecay = new DoubleParam(
            this, "weightDecay", "weight decay, not applied to BatchNorm and biases", ParamValidators.gtEq(0));
    private final DoubleParam dropout = new DoubleParam(
            this,
            "dropout",
            "share of features that are dropped before the head, in [0, 1)",
            ParamValidators.inRange(0, 1, true, false));
    private final DoubleParam mixup = new DoubleParam(
            this, "mixup", "parameter of the Beta distribution of mixup; 0 for none", ParamValidators.gtEq(0));
    private final DoubleParam minScale = new DoubleParam(
            this, "minScale", "least area of a random crop, in (0, 1]", ParamValidators.inRange(0, 1, false, true));

    OptimizerParams(String uid) {
        super(uid);
        setDefault(optimizer, "sgd");
        setDefault(schedule, "one-cycle");
        setDefault(lr, 0.002);
        setDefault(headLrFactor, 10.0);
        setDefault(earlyLrFactor, 1.0);
        setDefault(frozenLr, 0.0);
        setDefault(weightDecay, 1e-4);
        setDefault(dropout, 0.0);
        setDefault(mixup, 0.0);
        setDefault(minScale, 0.35);
    }

    /** The param: the optimiser: sgd, adamw or lars. */
    public Param<String> optimizer() {
        return optimizer;
    }

    public String getOptimizer() {
        return getOrDefault(optimizer);
    }

    /** Sets the optimiser: sgd, adamw or lars. */
    public ImageClassifier setOptimizer(String value) {
        set(optimizer, value);
        return self();
    }

    /** The param: the schedule of the learning rate: one-cycle, cosine or step. */
    public Param<String> schedule() {
        return schedule;
    }

    public String getSchedule() {
        return getOrDefault(schedule);
    }

    /** Sets the schedule of the learning rate: one-cycle, cosine or step. */
    public ImageClassifier setSchedule(String value) {
        set(schedule, value);
        return self();
    }

    /** The param: peak learning rate of the late stages of the body. */
    public DoubleParam lr() {
        return lr;
    }

    public double getLr() {
        return (Double) getOrDefault(lr);
    }

    /** Sets peak learning rate of the late stages of the body. */
    public ImageClassifier setLr(double value) {
        set(lr, value);
        return self();
    }

    /** The param: learning rate of the head as a multiple of lr. */
    public DoubleParam headLrFactor() {
        return headLrFactor;
    }

    public double getHeadLrFactor() {
        return (Double) getOrDefault(headLrFactor);
    }

    /** Sets learning rate of the head as a multiple of lr. */
    public ImageClassifier setHeadLrFactor(double value) {
        set(headLrFactor, value);
        return self();
    }

    /** The param: learning rate of the stem and the early stages as a multiple of lr. */
    public DoubleParam earlyLrFactor() {
        return earlyLrFactor;
    }

    public double getEarlyLrFactor() {
        return (Double) getOrDefault(earlyLrFactor);
    }

    /** Sets learning rate of the stem and the early stages as a multiple of lr. */
    public ImageClassifier setEarlyLrFactor(double value) {
        set(earlyLrFactor, value);
        return self();
    }

    /** The param: peak learning rate of the head in frozen epochs; 0 for lr times headLrFactor. */
    public DoubleParam frozenLr() {
        return frozenLr;
    }

    public double getFrozenLr() {
        return (Double) getOrDefault(frozenLr);
    }

    /** Sets peak learning rate of the head in frozen epochs; 0 for lr times headLrFactor. */
    public ImageClassifier setFrozenLr(double value) {
        set(frozenLr, value);
        return self();
    }

    /** The param: weight decay, not applied to BatchNorm and biases. */
    public DoubleParam weightDecay() {
        return weightDecay;
    }

    public double getWeightDecay() {
        return (Double) getOrDefault(weightDecay);
    }

    /** Sets weight decay, not applied to BatchNorm and biases. */
    public ImageClassifier setWeightDecay(double value) {
        set(weightDecay, value);
        return self();
    }

    /** The param: share of features that are dropped before the head, in [0, 1). */
    public DoubleParam dropout() {
        return dropout;
    }

    public double getDropout() {
        return (Double) getOrDefault(dropout);
    }

    /** Sets share of features that are dropped before the head, in [0, 1). */
    public ImageClassifier setDropout(double value) {
        set(dropout, value);
        return self();
    }

    /** The param: parameter of the Beta distribution of mixup; 0 for none. */
    public DoubleParam mixup() {
        return mixup;
    }

    public double getMixup() {
        return (Double) getOrDefault(mixup);
    }

    /** Sets parameter of the Beta distribution of mixup; 0 for none. */
    public ImageClassifier setMixup(double value) {
        set(mixup, value);
        return self();
    }

    /** The param: least area of a random crop, in (0, 1]. */
    public DoubleParam minScale() {
        return minScale;
    }

    public double getMinScale() {
        return (Double) getOrDefault(minScale);
    }

    /** Sets least area of a random crop, in (0, 1]. */
    public ImageClassifier setMinScale(double value) {
        set(minScale, value);
        return self();
    }
}
