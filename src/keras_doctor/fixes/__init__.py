"""Document → document: what it takes until a target environment loads a model and computes the same.

- `fixes.planning.plan(document, environment)`: the steps, and the document that they make
- `fixes.draft.Draft`: the model that fixes work on: config, and the tensors of each layer by their role
- one module a fix: named for the one change that it undoes (`fix.py` says what a fix is)
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
