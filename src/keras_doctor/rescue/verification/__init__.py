"""Whether a repaired model computes what the source computed: both run on the same inputs.

In real releases where interpreters are at hand (`worker.py` runs there), else by the evaluation without any Keras
(`rescue.evaluation`), each model as the release computes that it belongs to: a difference between the releases that was
not undone shows, and so does a tensor in the wrong place. What is not compared is not verified, and is said to be not.
"""

from keras_doctor.rescue.verification.checking import IN_RELEASES, MODES, Case, Verifier
from keras_doctor.rescue.verification.outcome import Verification

__all__ = ["IN_RELEASES", "MODES", "Case", "Verification", "Verifier"]
