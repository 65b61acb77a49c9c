"""`ModuleWalk`: names looked for by module, as `.keras` archives are read.

`deserialize_keras_object(config)`: what is registered or given as a custom object, then what Keras exports under
`module` and `class_name`, then (as far as the release lets a file do that) what the module holds when it is imported.
Sources: keras/src/saving/serialization_lib.py `_retrieve_class_or_fn` of 2.12 to 2.15, of tf-keras and of Keras 3.
"""

from __future__ import annotations

from keras_doctor.loaders.objects import Resolution
from keras_doctor.loaders.tables import TableWalk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.loaders.objects import Reference
    from keras_doctor.releases.api import Definition

# Kinds whose `get` hands a table to the deserializer: a name is looked for there, and comes back as it is when it is
# not there. Layers and what a model is compiled with are found by module alone, and policies up to Keras 3.2.
_BY_TABLE = ("activations", "initializers", "regularizers", "constraints", "policies")
_OWN_PACKAGES = ("keras_hub", "keras_cv", "keras_nlp")  # which Keras 3 imports beside itself
_FUNCTIONS = ("activations", "losses", "metrics", "initializers", "regularizers", "constraints", "optimizers")


class ModuleWalk(TableWalk):
    """The building of a model whose classes are found by module and name."""

    def resolve(self, reference: Reference) -> Resolution:
        """Look for a name as `serialization_lib` does."""
        found = self.given(reference)
        if found is not None:
            return found
        if reference.kind in _BY_TABLE and not self._by_module(reference):
            definition = self.api.find(reference.name, reference.kind)
            return Resolution(reference, self.api, definition, problem="" if definition else "unknown")
        if reference.config is None and not reference.function:
            # A bare name stands for itself until somebody asks for what it means.
            definition = self.api.find(reference.name, reference.kind)
            return Resolution(reference, self.api, definition, problem="" if definition else "unknown")
        return self.located(reference)

    def _by_module(self, reference: Reference) -> bool:
        """Tell whether an entry of a kind that has a table is looked for by its module all the same."""
        if reference.kind == "policies":
            return not self.load.does("policies-by-table")
        return (
            reference.kind == "activations"
            and reference.modern
            and not reference.function
            and self.load.does("activations-by-module")
        )

    def given(self, reference: Reference) -> Resolution | None:
        """Return the custom object that was given for a name, None when there is none."""
        if (
            reference.kind == "activations"
            and reference.config is None
            and not (reference.function or reference.modern)
        ):
            return None  # `activations.get` looks for a bare name in its own table alone
        names = {reference.name, reference.registered_name}
        if names & set(self.load.options.custom_objects):
            return Resolution(reference, self.api, custom=True)
        return None

    def located(self, reference: Reference) -> Resolution:
        """Return what the module of a reference brings."""
        module = self.module(reference.module)
        if module == "builtins" and reference.function:
            for kind in _FUNCTIONS:
                definition = self.api.find(reference.name, kind)
                if definition is not None:
                    return Resolution(reference, self.api, definition)
        if module is None:
            return Resolution(reference, self.api, problem="unlocated")
        definition = self.exported(module, reference)
        if definition is not None:
            legacy = definition.class_name == "LegacyOptimizerWarning"  # keras/src/optimizers/__init__.py of 3.x
            return Resolution(reference, self.api, definition, problem="legacy-optimizer" if legacy else "")
        return self.imported(module, reference)

    def module(self, module: str | None) -> str | None:
        """Return the module that the loader looks in: tf-keras puts its own name in place of Keras's."""
        if module and self.load.does("renames-keras-modules") and module.partition(".")[0] == "keras":
            return "tf_" + module
        return module

    def exported(self, module: str, reference: Reference) -> Definition | None:
        """Return what the public interface has under a module and name."""
        if module.partition(".")[0] not in ("keras", "tf_keras"):
            return None
        return self.api.definition(module, reference.name)

    def imported(self, module: str, reference: Reference) -> Resolution:
        """Return what comes of a module that is not in the public interface."""
        package = module.partition(".")[0]
        own = "tf_keras" if self.api.line == "tf-keras" else "keras"
        importing = self.load.does("imports-any-module")
        if importing and package != own and package in ("keras", "tf_keras"):
            if self.load.environment.package(package.replace("_", "-")):
                return Resolution(reference, self.api, problem="mixed")
        elif package == own or package in _OWN_PACKAGES:
            importing = importing or self.load.does("imports-own-modules")
        if importing and not (package == own and self.api.has_module(module)):
            return Resolution(reference, self.api, problem="module")
        return Resolution(reference, self.api, problem="unlocated")
