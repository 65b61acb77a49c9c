"""General file formats, nothing of Keras: bytes become structure, lazily, with every size bounded, past damage."""
