"""What the packages of this field are called."""

from __future__ import annotations

PACKAGES = ("keras", "tf-keras", "tensorflow", "h5py", "numpy", "protobuf", "jax", "torch", "theano")

# Distributions that install the module `tensorflow`: the same releases under other names, builds of vendors, nightly
# builds.
TENSORFLOWS = (
    "tensorflow", "tensorflow-cpu", "tensorflow-gpu", "tensorflow-intel", "tensorflow-macos", "tensorflow-rocm",
    "tensorflow-cpu-aws", "tensorflow-aarch64", "intel-tensorflow", "tf-nightly", "tf-nightly-cpu", "tf-nightly-gpu",
)  # fmt: skip


def canonical(name: str) -> str:
    """Return a distribution's name as package indexes compare it: lower case, single hyphens."""
    return "-".join(part for part in name.lower().replace("_", "-").replace(".", "-").split("-") if part)


def family(name: str) -> str:
    """Return the package under which the catalog lists a distribution: "tensorflow" for "tensorflow-cpu", else its own
    name.
    """
    name = canonical(name)
    return "tensorflow" if name in TENSORFLOWS else name
