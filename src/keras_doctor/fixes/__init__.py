"""Document → document: what it takes until a target environment loads a model and computes the same.

- `fixes.planning.plan(document, environment)`: the steps, and the document that they make
- `fixes.draft.Draft`: the model that fixes work on: config, and the tensors of each layer by their role
- one module a fix: named for the one change that it undoes (`fix.py` says what a fix is)
- `fixes.dialects.recast`: what comes before the fixes, in order; what it calls has no `FIX`

What a target has no layer or operation for is put together from others in one of three vocabularies, each a graph that
is entered piece by piece and takes the layer's place (`entries.become`):

- `entries.Entries`: operations of Keras 3 and layers, for one layer (`layers_composed`, `activations`, `recurrent` …)
- `composing.Composer`: functions of TensorFlow and Keras's backend (`functions/`) as such operations, for operations
  (`operations_composed`) and for the code of a Lambda (`lambda_graph`)
- `plain.graph.Plain`: layers alone, for releases without operations (`plain.composing`)

`sequences.become_sequence` is the shorter way where a layer becomes others in a row.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.fixes.fix import Change, Fix
    from keras_doctor.fixes.planning import Plan, plan

__all__ = ["Change", "Fix", "Plan", "plan"]


def __getattr__(name: str) -> object:
    if name in ("plan", "Plan"):
        from keras_doctor.fixes import planning

        return getattr(planning, name)
    if name in ("Change", "Fix"):
        from keras_doctor.fixes import fix

        return getattr(fix, name)
    raise AttributeError(name)
