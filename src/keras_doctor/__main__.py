"""`python -m keras_doctor`."""

import sys

from keras_doctor.cli import script

sys.exit(script())
