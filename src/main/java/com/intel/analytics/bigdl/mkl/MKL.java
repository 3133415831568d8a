package com.intel.analytics.bigdl.mkl;

import ai.softlabel.bigdl.Natives;
import java.util.List;

/**
 * MKL's functions on vectors and matrices, as BigDL's tensors call them: {@code s} and {@code d} are single and double
 * precision, and each array comes with the offset of its first element. MKL runs on one thread, as BigDL sets it unless
 * told otherwise.
 */
public final class MKL {
    private static final List<String> LIBRARIES = List.of("libiomp5.so", "libjmkl.so");
    /** Idle threads sleep. */
    private static final int PASSIVE = 3;

    static {
        // Written out: the class that calls System.load decides which class loader gets the library.
        Natives.load(LIBRARIES, path -> System.load(path));
        setNumThreads(getMklNumThreads());
        setBlockTime(0);
        waitPolicy(PASSIVE);
        disableFastMM();
    }

    private MKL() {}

    /** How many threads each function takes. */
    public static int getMklNumThreads() {
        return 1;
    }

    /** True: a class whose libraries did not load can't be used. */
    public static boolean isMKLLoaded() {
        return true;
    }

    public static native void setNumThreads(int threads);

    public static native int disableFastMM();

    public static native void setBlockTime(int millis);

    public static native void waitPolicy(int policy);

    public static native void vsAdd(int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset);

    public static native void vdAdd(int n, double[] a, int aOffset, double[] b, int bOffset, double[] y, int yOffset);

    public static native void vsSub(int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset);

    public static native void vdSub(int n, double[] a, int aOffset, double[] b, int bOffset, double[] y, int yOffset);

    public static native void vsMul(int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset);

    public static native void vdMul(int n, double[] a, int aOffset, double[] b, int bOffset, double[] y, int yOffset);

    public static native void vsDiv(int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset);

    public static native void vdDiv(int n, double[] a, int aOffset, double[] b, int bOffset, double[] y, int yOffset);

    public static native void vsPowx(int n, float[] a, int aOffset, float b, float[] y, int yOffset);

    public static native void vdPowx(int n, double[] a, int aOffset, double b, double[] y, int yOffset);

    public static native void vsLn(int n, float[] a, int aOffset, float[] y, int yOffset);

    public static native void vdLn(int n, double[] a, int aOffset, double[] y, int yOffset);

    public static native void vsExp(int n, float[] a, int aOffset, float[] y, int yOffset);

    public static native void vdExp(int n, double[] a, int aOffset, double[] y, int yOffset);

    public static native void vsSqrt(int n, float[] a, int aOffset, float[] y, int yOffset);

    public static native void vdSqrt(int n, double[] a, int aOffset, double[] y, int yOffset);

    public static native void vdTanh(int n, double[] a, int aOffset, double[] y, int yOffset);

    public static native void vsTanh(int n, float[] a, int aOffset, float[] y, int yOffset);

    public static native void vsLog1p(int n, float[] a, int aOffset, float[] y, int yOffset);

    public static native void vdLog1p(int n, double[] a, int aOffset, double[] y, int yOffset);

    public static native void vsAbs(int n, float[] a, int aOffset, float[] y, int yOffset);

    public static native void vdAbs(int n, double[] a, int aOffset, double[] y, int yOffset);

    public static native void vsgemm(
            char transA,
            char transB,
            int m,
            int n,
            int k,
            float alpha,
            float[] a,
            int aOffset,
            int lda,
            float[] b,
            int bOffset,
            int ldb,
            float beta,
            float[] c,
            int cOffset,
            int ldc);

    public static native void vdgemm(
            char transA,
            char transB,
            int m,
            int n,
            int k,
            double alpha,
            double[] a,
            int aOffset,
            int lda,
            double[] b,
            int bOffset,
            int ldb,
            double beta,
            double[] c,
            int cOffset,
            int ldc);

    public static native void vsgemv(
            char trans,
            int m,
            int n,
            float alpha,
            float[] a,
            int aOffset,
            int lda,
            float[] x,
            int xOffset,
            int incX,
            float beta,
            float[] y,
            int yOffset,
            int incY);

    public static native void vdgemv(
            char trans,
            int m,
            int n,
            double alpha,
            double[] a,
            int aOffset,
            int lda,
            double[] x,
            int xOffset,
            int incX,
            double beta,
            double[] y,
            int yOffset,
            int incY);

    public static native void vsaxpy(
            int n, float a, float[] x, int xOffset, int incX, float[] y, int yOffset, int incY);

    public static native void vdaxpy(
            int n, double a, double[] x, int xOffset, int incX, double[] y, int yOffset, int incY);

    public static native float vsdot(int n, float[] x, int xOffset, int incX, float[] y, int yOffset, int incY);

    public static native double vddot(int n, double[] x, int xOffset, int incX, double[] y, int yOffset, int incY);

    public static native void vsger(
            int m,
            int n,
            float alpha,
            float[] x,
            int xOffset,
            int incX,
            float[] y,
            int yOffset,
            int incY,
            float[] a,
            int aOffset,
            int lda);

    public static native void vdger(
            int m,
            int n,
            double alpha,
            double[] x,
            int xOffset,
            int incX,
            double[] y,
            int yOffset,
            int incY,
            double[] a,
            int aOffset,
            int lda);

    public static native void vsscal(int n, float a, float[] x, int xOffset, int incX);

    public static native void vdscal(int n, double a, double[] x, int xOffset, int incX);

    public static native void vsErf(int n, float[] a, int aOffset, float[] y, int yOffset);

    public static native void vdErf(int n, double[] a, int aOffset, double[] y, int yOffset);

    public static native int getNumThreads();
}
