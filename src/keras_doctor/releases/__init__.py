"""What each release is and accepts, as data extracted from what was published, never typed by hand."""

from keras_doctor.releases.catalog import Catalog, catalog

__all__ = ["Catalog", "catalog"]
