/**
 * ONNX Runtime: sessions over the bytes of a model. Only this room names its classes, which may be missing. It knows
 * nothing of networks and pictures.
 */
package ai.softlabel.onnx;
