"""Which fields of TensorFlow's and Keras's messages are read. The names of the tables are those of the messages.

Sources, in tensorflow/core: protobuf/saved_model.proto, protobuf/meta_graph.proto, protobuf/saved_object_graph.proto,
protobuf/trackable_object_graph.proto, protobuf/fingerprint.proto, framework/graph.proto, framework/function.proto,
framework/node_def.proto, framework/tensor_shape.proto; and keras/protobuf/saved_metadata.proto. Tables are as
`wire.protobuf` takes them.
"""

from __future__ import annotations

from keras_doctor.wire.tensor_bundle import SHAPE

_NODE_OP = 2  # NodeDef.op
_VERSION = {1: ("producer", "int", ""), 2: ("min_consumer", "int", "")}

_TENSOR_INFO = {1: ("name", "text", ""), 2: ("dtype", "int", ""), 3: ("shape", SHAPE, "")}
_SIGNATURE = {
    1: ("inputs", _TENSOR_INFO, "map"),
    2: ("outputs", _TENSOR_INFO, "map"),
    3: ("method_name", "text", ""),
}

_REFERENCE = {1: ("node_id", "int", ""), 2: ("local_name", "text", "")}
_SLOT = {
    1: ("original", "int", ""),
    2: ("slot_name", "text", ""),
    3: ("slot", "int", ""),
}

TRACKABLE_OBJECT_GRAPH = {
    1: (
        "nodes",
        {
            1: ("children", _REFERENCE, "list"),
            2: ("attributes", {1: ("name", "text", ""), 2: ("full_name", "text", ""), 3: ("key", "text", "")}, "list"),
            3: ("slots", _SLOT, "list"),
        },
        "list",
    )
}

_SAVED_OBJECT = {
    1: ("children", _REFERENCE, "list"),
    3: ("slots", _SLOT, "list"),
    4: ("user_object", {1: ("identifier", "text", ""), 2: ("version", _VERSION, ""), 3: ("metadata", "bytes", "")}, ""),
    7: ("variable", {3: ("trainable", "int", ""), 6: ("name", "text", "")}, ""),
    13: ("registered_name", "text", ""),
}

_GRAPH = {
    1: ("ops", _NODE_OP, "set"),
    2: ("library", {1: ("functions", {3: ("ops", _NODE_OP, "set")}, "list")}, ""),
}

META_GRAPH = {
    1: (
        "meta_info",
        {4: ("tags", "text", "list"), 5: ("tensorflow_version", "text", ""), 6: ("git_version", "text", "")},
        "",
    ),
    2: ("graph", _GRAPH, ""),
    5: ("signatures", _SIGNATURE, "map"),
    6: ("assets", {2: ("filename", "text", "")}, "list"),
    7: ("object_graph", {1: ("nodes", _SAVED_OBJECT, "list")}, ""),
}

# What fills the lookup tables of a graph: constants, and which function takes which of them.
_CONSTANT = {
    1: ("dtype", "int", ""),
    4: ("content", "bytes", ""),
    8: ("strings", "bytes", "list"),
    10: ("integers", "bytes", ""),
}
_CONSTANT_NODE = {
    1: ("name", "text", ""),
    2: ("op", "text", ""),
    5: ("attributes", {8: ("tensor", _CONSTANT, "")}, "map"),
}
_TABLE_OBJECT = {
    1: ("children", _REFERENCE, "list"),
    6: ("function", {1: ("concrete_functions", "text", "list")}, ""),
    9: ("constant", {1: ("operation", "text", "")}, ""),
}
_TABLE_OBJECTS = {
    1: ("nodes", _TABLE_OBJECT, "list"),
    2: ("concrete_functions", {2: ("bound_inputs", "bytes", "")}, "map"),
}
TABLE_CONSTANTS = {
    2: (
        "meta_graphs",
        {2: ("graph", {1: ("nodes", _CONSTANT_NODE, "list")}, ""), 7: ("object_graph", _TABLE_OBJECTS, "")},
        "list",
    )
}

# The functions of each graph, as they stand.
LIBRARIES = {2: ("meta_graphs", {2: ("graph", {2: ("library", "bytes", "")}, "")}, "list")}

SAVED_MODEL = {1: ("schema_version", "int", ""), 2: ("meta_graphs", META_GRAPH, "list")}

FINGERPRINT = {
    1: ("saved_model_checksum", "int", ""),
    2: ("graph_def_program_hash", "int", ""),
    3: ("signature_def_hash", "int", ""),
    4: ("saved_object_graph_hash", "int", ""),
    5: ("checkpoint_hash", "int", ""),
    6: ("version", _VERSION, ""),
}

SAVED_METADATA = {
    1: (
        "nodes",
        {
            2: ("node_id", "int", ""),
            3: ("node_path", "text", ""),
            4: ("identifier", "text", ""),
            5: ("metadata", "bytes", ""),
            6: ("version", _VERSION, ""),
        },
        "list",
    )
}
