"""What the machine lacks: instructions, libraries, memory; and processes that died."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import broken
from keras_doctor.symptoms.remedies import REINSTALL
from keras_doctor.symptoms.symptom import Reading, Symptom

_CPU = Remedy(
    "Use a TensorFlow that was built for this CPU: the last one without AVX is 1.5 from PyPI; conda-forge and "
    "community "
    "builds have newer ones. In a virtual machine, let the host's CPU with its AVX flags through.",
    "grep -o -m1 -w -e avx -e avx2 /proc/cpuinfo",
)
_DRIVER = Remedy("Install the GPU libraries that this TensorFlow was built for:", 'pip install "tensorflow[and-cuda]"')


SYMPTOMS = (
    Symptom(
        ("illegal instruction", "compiled to use avx", "compiled to use sse", "exit code 132", "sigill"),
        (
            broken(
                "the CPU lacks instructions (AVX, AVX2, FMA) that this TensorFlow was compiled to use: the "
                "process dies",
                _CPU,
            ),
        ),
        strength=7,
    ),
    Symptom(
        (
            "failed to load the native tensorflow runtime",
            "dll load failed",
            "_pywrap_tensorflow",
            "glibcxx_",
            "version glibc_",
            "undefined symbol",
            "cannot allocate memory in static tls",
            "incompatible architecture (have",
            "mach-o",
            "libtensorflow_framework",
            "symbol not found in flat namespace",
            "wrong elf class",
            "libcudart",
            "libcublas",
            "libhdf5",
        ),
        (
            broken(
                "a compiled library that TensorFlow (or h5py) needs cannot be loaded: not installed, of "
                "another version or for another system",
                Remedy(
                    "On Windows: install the current Microsoft Visual C++ runtime; a 64-bit Python is needed.",
                    "winget install Microsoft.VCRedist.2015+.x64",
                ),
                _DRIVER,
                REINSTALL,
            ),
        ),
        pattern=r"failed to load the native|DLL load failed|_pywrap_tensorflow[^\n]{0,80}(?:Error|failed|No module)"
        r"|GLIBC(?:XX)?_[\d.]+'? not found|undefined symbol|static TLS"
        r"|incompatible architecture|mach-o|symbol not found|wrong ELF class|lib(?:cudart|cublas|hdf5"
        r"|tensorflow_framework)[\w.]*: cannot open shared",
        strength=6,
    ),
    Symptom(
        (
            "libdevice not found",
            "failed to get convolution algorithm",
            "dnn library is not found",
            "no algorithm worked",
            "cudnn_status",
            "cuda_error",
            "failed call to cuinit",
            "could not create cudnn handle",
            "ptxas",
        ),
        (
            broken(
                "the GPU's libraries (CUDA, cuDNN) do not fit this TensorFlow, or its memory is taken",
                _DRIVER,
                Remedy("To see whether it is the GPU: hide it.", "CUDA_VISIBLE_DEVICES=-1 python your_script.py"),
            ),
        ),
        strength=6,
    ),
    Symptom(
        (
            "resource exhausted",
            "oom when allocating",
            "memoryerror",
            "unable to allocate",
            "cannot allocate memory",
            "out of memory",
            "resourceexhaustederror",
            "std::bad_alloc",
        ),
        (
            Reading(
                "resource-limit",
                "there is not enough memory for what the file (or the model) asks for",
                (
                    Remedy(
                        "See how large the tensors are that the file declares; an absurd size means damage or "
                        "an attack.",
                        "keras-doctor inspect PATH",
                    ),
                    Remedy(
                        "Close other processes that hold the GPU, or load on the CPU.",
                        "CUDA_VISIBLE_DEVICES=-1 python your_script.py",
                    ),
                ),
                confidence="medium",
                code="KD801",
            ),
        ),
        strength=5,
    ),
    Symptom(
        (
            "segmentation fault",
            "exit code 139",
            "sigsegv",
            "core dumped",
            "fatal python error",
            "kernel died",
            "kernel appears to have died",
            "exit code -1073741819",
            "0xc0000005",
        ),
        (
            Reading(
                "loader-crash",
                "the process died in compiled code: a library that does not fit, or bytecode of another Python "
                "in a Lambda layer",
                (
                    Remedy(
                        "Look at the file without loading it; a Lambda layer with bytecode is named there.",
                        "keras-doctor check PATH",
                    ),
                    REINSTALL,
                ),
                confidence="low",
                code="KD908",
            ),
            broken(
                "a compiled library does not fit this system", REINSTALL, when="importing TensorFlow alone already dies"
            ),
        ),
        strength=4,
        question='Does `python -c "import tensorflow, h5py"` die as well?',
    ),
)
