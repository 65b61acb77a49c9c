"""What the operations of Keras 3 and of TensorFlow compute, by their names in every spelling."""
