"""Functions of TensorFlow and of Keras's backend that several operations, or a layer, compute together: `FUNCTIONS`;
and what functions make of sizes that are open until the model runs: `OF_SIZES`.

Tables by name, of parameters (as `layers.operations.operands.bind` reads them) and of what enters the operations.
Sources: keras/backend.py (2.10, 2.15) and keras/backend/tensorflow_backend.py (2.2.4) for `keras.backend.*`;
tensorflow/python/ops/{nn_impl,nn_ops,linalg_ops,array_ops,image_ops_impl,math_ops,clip_ops}.py (2.10, 2.15) for the
others.
"""

from __future__ import annotations

from keras_doctor.fixes.functions import arranging, elementwise, images, linear, of_sizes, reducing

FUNCTIONS = {
    **elementwise.FUNCTIONS,
    **reducing.FUNCTIONS,
    **arranging.FUNCTIONS,
    **linear.FUNCTIONS,
    **images.FUNCTIONS,
}
OF_SIZES = of_sizes.FUNCTIONS
