"""What a saved model is, whoever saved it: provenance, config, layers, tensors, training state, assets, damage."""

from keras_doctor.document.config import ConfigNode
from keras_doctor.document.locus import Locus
from keras_doctor.document.model import Asset, LayerNode, ModelDocument, TrainingState
from keras_doctor.document.provenance import Evidence, Provenance
from keras_doctor.document.tensors import TensorRef, WeightGroup

__all__ = [
    "Asset",
    "ConfigNode",
    "Evidence",
    "LayerNode",
    "Locus",
    "ModelDocument",
    "Provenance",
    "TensorRef",
    "TrainingState",
    "WeightGroup",
]
