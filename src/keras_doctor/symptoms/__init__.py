"""From a pasted traceback to the finding that it is the symptom of."""

from keras_doctor.symptoms.engine import explain
from keras_doctor.symptoms.explanation import Explanation

__all__ = ["Explanation", "explain"]
