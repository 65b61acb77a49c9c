"""HDF5 without h5py: reads every file that Keras and h5py write, lazily, bounded, and past damage.

Written from the "HDF5 File Format Specification Version 3.0"; section numbers in this package are that document's.
"""

from keras_doctor.wire.hdf5.attribute import Attribute
from keras_doctor.wire.hdf5.dataset import Dataset, Filter
from keras_doctor.wire.hdf5.datatype import Datatype
from keras_doctor.wire.hdf5.file import File
from keras_doctor.wire.hdf5.group import Group
from keras_doctor.wire.hdf5.links import Link

__all__ = ["Attribute", "Dataset", "Datatype", "File", "Filter", "Group", "Link"]
