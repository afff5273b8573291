"""Pictures that benchmarks draw of what they measured."""
