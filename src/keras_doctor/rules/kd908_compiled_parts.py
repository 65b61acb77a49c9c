"""A compiled part does not run on this machine.

**What happens.** `Illegal instruction (core dumped)`, `DLL load failed while importing _pywrap_tensorflow_internal`,
`version 'GLIBC_2.29' not found`, `libcudart.so.11.0: cannot open shared object file`, `incompatible architecture (have
'arm64', need 'x86_64')`, cuDNN errors.

**Why.** TensorFlow from PyPI needs a CPU with AVX since 1.6, a 64-bit system with a C++ runtime of its time, and for
GPUs the CUDA and cuDNN that it was built with.

**How to mend.** Install a build for this machine, or the missing runtime. CUDA_VISIBLE_DEVICES=-1 shows whether it is
the GPU. keras-doctor needs none of it: the file can be checked meanwhile.
"""

from __future__ import annotations

from keras_doctor.rules.rule import Rule, Said

RULE = Rule("KD908", "compiled-parts", "environment-broken", "error", ())

EXAMPLES = (
    Said("Illegal instruction (core dumped)"),
    Said(
        "ImportError: DLL load failed while importing _pywrap_tensorflow_internal: A dynamic link library "
        "(DLL) initialization routine failed."
    ),
)
