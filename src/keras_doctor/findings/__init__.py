"""The words everybody shares: finding, remedy, diagnosis."""

from keras_doctor.findings.diagnosis import Diagnosis, Finding, Remedy

__all__ = ["Diagnosis", "Finding", "Remedy"]
