"""The objects that a config names (layers, initializers, losses, functions), and what a release makes of each: the
subjects of the steps of stages "resolve" and "construct".
"""

from __future__ import annotations

from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.releases.api import Api, Definition


@record
class Reference:
    """A name in a config that stands for a class or function.

    `kind`: in whose table it is looked for ("layers", "initializers", "activations", "losses" …). `path`: where the
    entry stands. `config`: the keywords; None for a bare name. `parent`: the class that holds it, "" at the top; `key`:
    under which of its keywords.
    """

    kind: str
    name: str
    path: str
    config: Any = None
    module: str | None = None
    registered_name: str | None = None
    function: bool = False
    parent: str = ""
    key: str = ""
    modern: bool = False  # written with its module, as serialization_lib does
    rebuilt: bool = False  # it states the shapes that it is built with, in a `build_config`


@record
class Resolution:
    """What the loader finds for a reference.

    `definition`: the class or function of the release; None when there is none. `custom`: it is one of the custom
    objects that were given. `problem` when nothing is found:

    - "unknown": the table of the kind has no such name
    - "module": its module cannot be imported
    - "unlocated": neither registered, nor exported, nor custom
    - "not-saveable": the name stands for something that the release does not let a file name
    - "form": the entry has a form that the release takes for no object at all
    - "legacy-optimizer": there is a stand-in of that name, which says that there are no such optimizers any more
    - "mixed": it comes from another Keras that is installed here too
    """

    reference: Reference
    api: Api
    definition: Definition | None = None
    custom: bool = False
    problem: str = ""
    says: str = ""


@record
class Built:
    """An object whose class is known, on its way through the constructor.

    `config`: the keywords as the constructor gets them. `refused`: keywords that it does not take. `missing`: those
    without a default that the config does not give. `values`: keyword, value and the values that are accepted, where
    the one given is none of them.
    """

    reference: Reference
    definition: Definition
    api: Api
    config: dict[str, Any]
    refused: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    values: tuple[tuple[str, Any, tuple[object, ...]], ...] = ()
