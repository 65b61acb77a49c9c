"""The parts of `benchmarks/fuzz.py`: base files, mutations, and the trial of one input."""
