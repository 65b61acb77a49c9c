"""Single operations as layers: what TensorFlow functions and Keras 3 operations make of shapes."""
