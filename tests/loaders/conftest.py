"""Fixtures of the loaders' tests."""

import pytest

from keras_doctor import read


@pytest.fixture(scope="module")
def documents(corpus):
    """Each file of the packed corpus, read once."""
    found = {}

    def of(file):
        if file not in found:
            found[file] = read(str(corpus / file))
        return found[file]

    return of
