"""Weights from one artifact and an architecture from another, as one document."""

from __future__ import annotations

from keras_doctor.document.model import ModelDocument


def with_architecture(document: ModelDocument, architecture: ModelDocument) -> ModelDocument:
    """Return the document of `model.load_weights(path)` on the model that `architecture` describes.

    The config is the architecture's; bytes, tensors, assets and what is wrong with them are the document's own, and it
    keeps its format. There is no training state: `load_weights` compiles nothing. `architecture.config` must not be
    None.
    """
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
        assets=document.assets,
        damage=document.damage,
        oddities=document.oddities,
        facts=document.facts,
        unverified_bytes=document.unverified_bytes,
        architecture=architecture,
    )
