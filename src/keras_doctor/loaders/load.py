"""What one load is about: the artifact, the environment, the options of the call, and the facts about the release."""

from __future__ import annotations

from keras_doctor.records import record
from keras_doctor.releases.api import Api
from keras_doctor.releases.behaviours import has

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.document.model import ModelDocument
    from keras_doctor.environments.environment import Environment
    from keras_doctor.loaders.tracing import Options

_apis: dict[tuple[str, str], Api] = {}


def api_of(library: str, version: str) -> Api:
    """Return the facts about a release, remembered: many files are judged against the same few releases."""
    found = _apis.get((library, version))
    if found is None:
        found = _apis[library, version] = Api(library, version)
    return found


@record
class Load:
    """One `load_model` call. `reader` is the one that the loader picked: "hdf5", "keras-v3", "savedmodel". `text`: it
    is `model_from_json` or `model_from_yaml`, which goes about it as that reader does.
    """

    document: ModelDocument
    environment: Environment
    options: Options
    api: Api
    reader: str
    text: bool = False

    def does(self, behaviour: str) -> bool:
        """Tell whether the release behaves so (`releases/behaviours.tsv`)."""
        return has(behaviour, self.api.library, self.api.version)
