"""What standalone Keras 2, and tf.keras before 2.4, have no layer for, put together of the layers that they have."""
