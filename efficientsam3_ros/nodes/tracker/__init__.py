"""The tracker node: parameters, prompts, outputs, diagnostics."""
