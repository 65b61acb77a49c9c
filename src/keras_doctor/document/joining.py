"""Weights from one artifact and an architecture from another, as one document."""

from __future__ import annotations

from keras_doctor.document.model import ModelDocument, TrainingState


def with_architecture(document: ModelDocument, architecture: ModelDocument) -> ModelDocument:
    """Return the document of `model.load_weights(path)` on the model that `architecture` describes.

    The config is the architecture's; bytes, tensors, assets and what is wrong with them are the document's own, and it
    keeps its format. `load_weights` compiles nothing; what the model of the architecture is compiled with stays, for a
    loader that cannot be told not to. `architecture.config` must not be None.
    """
    training = TrainingState(architecture.training.config, architecture.training.path)
    provenance = document.provenance if document.provenance.era else architecture.provenance
    return ModelDocument(
        document.path,
        document.format,
        document.container,
        size=document.size,
        title=document.title,
        config=architecture.config,
        config_locus=architecture.config_locus,
        provenance=provenance,
        weights=document.weights,
        training=training,
        assets=document.assets,
        damage=document.damage,
        oddities=document.oddities,
        facts=document.facts,
        unverified_bytes=document.unverified_bytes,
        architecture=architecture,
    )
