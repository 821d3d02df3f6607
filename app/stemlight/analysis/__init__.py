"""One hop in, one FeatureFrame out. numpy and onnxruntime only: no Qt, no GL, no torch."""
