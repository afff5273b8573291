"""Native TensorRT, 8.6 (JetPack 6) to 11; imported only when it is asked for."""
