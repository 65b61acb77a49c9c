"""Environments as strings: "python==3.11 keras==3.15.1 tensorflow==2.21.0 backend=jax loader=tf.keras"."""

from __future__ import annotations

from keras_doctor.environments.environment import BACKENDS, LOADERS, Environment
from keras_doctor.environments.settings import listens, usual_backend, usual_loader
from keras_doctor.releases.catalog import MINORS, catalog, line_of
from keras_doctor.releases.names import PACKAGES, TENSORFLOWS, canonical, family
from keras_doctor.releases.version import in_line, is_final, public, satisfies, version_key

_WORDS = (
    "python",
    "loader",
    "backend",
    *PACKAGES,
    "tensorflow-cpu",
    "tensorflow-gpu",
    "tensorflow-macos",
    "tensorflow-intel",
)
_EXAMPLE = "python==3.11 keras==3.15.1 tensorflow==2.21.0"
_LENGTH = 4000
_MAINTAINED = 2  # years within which a line of releases may still get a patch that the catalog does not know


def parse(spec: str) -> Environment:
    """Return the environment that `spec` describes. Raises ValueError with one line that says what is wrong and what
    is nearest.
    """
    if len(spec) > _LENGTH:
        raise ValueError(f"an environment of {len(spec)} characters is too long to be one")
    given: dict[str, str] = {}
    for name, version in map(_word, spec.replace(",", " ").replace(";", " ").split()):
        if given.setdefault(name, version) != version:
            raise ValueError(f"{name} is given twice: {given[name]} and {version}")
    loader, backend = given.pop("loader", ""), given.pop("backend", "")
    python = _python(given.pop("python", ""))
    loader = {"tf-keras": "tf_keras", "tf.keras": "tf.keras"}.get(loader, loader)
    if loader and loader not in LOADERS:
        raise ValueError(f"there is no loader {loader!r}: it is one of {', '.join(LOADERS)}")
    if backend and backend not in BACKENDS:
        raise ValueError(
            f"there is no backend {backend!r}: it is one of {', '.join(BACKENDS)}{_meant(backend, BACKENDS)}"
        )
    packages = {name: exact(name, version, python) for name, version in given.items()}
    loader = loader or usual_loader(packages)
    return Environment(
        python=python,
        packages=tuple(packages.items()),
        loader=loader,
        backend=backend or backend_of(loader, packages),
        origin="the environment that was named",
    )


def _word(word: str) -> tuple[str, str]:
    """Split one word into its name and version."""
    word = word[:80]
    name, sign, version = word.partition("==")
    if not sign:
        name, sign, version = word.partition("=")
    name = canonical(name.partition("[")[0]) if name != "loader" else name
    if any(sign in word for sign in ("<", ">", "~", "!")):
        raise ValueError(f"{word!r} is a range: give one version, such as {_EXAMPLE!r}")
    if not sign or not version:
        if name in _WORDS:
            raise ValueError(f"{word!r} lacks a version: {name}=={_newest(name)}")
        raise ValueError(f"{word!r} is not understood{_meant(name, _WORDS)}: an environment is like {_EXAMPLE!r}")
    if name not in _WORDS and name not in TENSORFLOWS:
        meant = _meant(name, _WORDS)
        if meant:
            raise ValueError(f"there is no package {name!r} that matters here{meant}")
    return name, version.strip("=").lower() if name in ("loader", "backend") else version.strip("=")


def _newest(name: str) -> str:
    return {"python": "3.11", "loader": "keras", "backend": "tensorflow"}.get(name) or catalog().newest(name) or "1.0"


def _meant(word: str, known: tuple[str, ...]) -> str:
    """Return " (tensorflow is meant?)" for a word that is nearly a known one, else ""."""
    from difflib import get_close_matches

    near = get_close_matches(word, known, n=1, cutoff=0.75)
    return f" ({near[0]} is meant?)" if near else ""


def _python(version: str) -> str:
    """Check a Python version: its minor must be one that there is, or a later one."""
    if not version:
        return ""
    key, minor = version_key(version), line_of(version)
    if key is None or not minor:
        raise ValueError(f"{version!r} is no version of Python: write python==3.11 or python==3.11.7")
    if minor not in MINORS and satisfies(minor, f"<{MINORS[-1]}"):
        raise ValueError(f"there is no Python {minor}: the nearest is {_nearest(minor, MINORS)}")
    return version


def exact(name: str, version: str, python: str = "") -> str:
    """Return the release that a version means: itself where it exists or may be newer than the catalog, the newest
    patch of a line.

    Raises ValueError with the nearest existing version.
    """
    index = catalog()
    known = index.versions(name)
    version = version.removesuffix(".*")
    if version_key(version) is None:
        example = index.newest(name) or "1.0"
        raise ValueError(f"{version!r} is no version of {name}: write {name}=={example}")
    if not known:
        return version
    if version.endswith("-tf"):
        raise ValueError(_own_version(name, version))
    if is_final(version) and "+" not in version and version.count(".") < 2:
        newest = index.newest(name, prefix=version, python=python) or index.newest(name, prefix=version)
        if newest:
            return newest
    if index.knows(name, version) or not is_final(version) or _may_come(name, version):
        return version
    raise ValueError(f"there is no {name} {version}: {_near_releases(name, version)}")


def _own_version(name: str, version: str) -> str:
    """Return what to write for "2.2.4-tf", which is how the Keras inside an old TensorFlow calls itself, and no
    release.
    """
    tensorflows = catalog().tensorflows_of(version)
    if not tensorflows:
        return f"there is no {name} {version}: {_near_releases(name, public(version))}"
    return (
        f"there is no {name} {version} to install: it is the tf.keras of TensorFlow {tensorflows[0]} to "
        f"{tensorflows[-1]}; write tensorflow=={tensorflows[-1]}"
    )


def _may_come(name: str, version: str) -> bool:
    """Tell whether a release may have come after the catalog: later than all it knows, or a later patch of a line that
    is kept up.
    """
    index = catalog()
    key = version_key(version)
    known = index.versions(name)
    if key is None or key > (version_key(known[-1]) or key):
        return True
    line = [v for v in known if in_line(v, line_of(version))]
    if not line or key < (version_key(line[-1]) or key):
        return False
    last = index.released(name, line[-1]) or ""
    return int(index.asked(name)[:4]) - int(last[:4] or 0) < _MAINTAINED


def _near_releases(name: str, version: str) -> str:
    """Return the nearest existing releases in words."""
    index = catalog()
    finals = [v for v in index.versions(name) if is_final(v)]
    line = [v for v in finals if in_line(v, line_of(version))]
    if line:
        newest = f", {line[0]} to {line[-1]} exist" if len(line) > 1 else ""
        return f"the nearest is {_nearest(version, tuple(line))}{newest}"
    key = version_key(version)
    below = [v for v in finals if key and (version_key(v) or key) < key]
    above = [v for v in finals if key and (version_key(v) or key) > key]
    near = [*below[-1:], *above[:1]]
    return f"the nearest {'is' if len(near) == 1 else 'are'} {' and '.join(near)}"


def _nearest(version: str, known: tuple[str, ...]) -> str:
    """Return the known version with the smallest distance in the last number that differs."""

    def distance(other: str) -> tuple[int, ...]:
        ours, theirs = ((version_key(text) or ((0,),))[0] + (0,) * 4 for text in (version, other))
        return tuple(abs(a - b) for a, b in zip(ours[:4], theirs[:4], strict=True))

    return min(known, key=distance)


def backend_of(loader: str, packages: dict[str, str]) -> str:
    """Return the backend that a string without one means: TensorFlow where it is named, else JAX, PyTorch or Theano
    where that is.
    """
    keras = packages.get("keras")
    if not listens(loader, keras):
        return usual_backend(loader, keras)
    families = {family(name) for name in packages}
    choices = ("tensorflow", "theano") if satisfies(keras or "", "<3.0.0.dev0") else ("tensorflow", "jax", "torch")
    return next((name for name in choices if name in families), "") or usual_backend(loader, keras)
