"""What a stock layer owns: its variables and its output shape, from class, config and era.

- `layers.graph.infer(config, era)`: every layer of a model
- `layers.signature.signature(class_name, config, input_shapes, era)`: one layer
- `layers.stored_order`: where the variables stand in a weights file
- `layers.stock.is_stock(class_name)`: whether Keras ships such a layer
"""
