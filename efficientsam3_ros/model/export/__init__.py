"""Networks to ONNX bundles: graphs, plans, precision, manifest."""
