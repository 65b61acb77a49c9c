"""What the machine lacks: instructions, libraries, drivers, memory; and processes that died."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import broken
from keras_doctor.symptoms.remedies import REINSTALL, UPGRADE, VERSIONS
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene

_CPU = Remedy(
    "Use a TensorFlow that was built for this CPU: the last one without AVX is 1.5 (tensorflow==1.5) from PyPI; "
    "conda-forge and community builds have newer ones, or build from source. In a virtual machine (QEMU, Proxmox), let "
    "the host's CPU with its AVX flags through.",
    "grep -o -m1 -w -e avx -e avx2 /proc/cpuinfo",
)
_APPLE = Remedy(
    "On a Mac with Apple silicon (M1 and later): use a Python for arm64, not one under Rosetta, and a TensorFlow "
    "for it "
    "(tensorflow>=2.13; tensorflow-macos before).",
    'python -c "import platform; print(platform.machine())"  # then: pip install tensorflow',
)
_DRIVER = Remedy(
    "Install the GPU libraries (CUDA, cuDNN) of the versions that this TensorFlow was built for, where the loader "
    "finds "
    "them (LD_LIBRARY_PATH), and a driver that is not older:",
    'pip install "tensorflow[and-cuda]"',
)
_GPU_HIDDEN = Remedy(
    "To see whether it is the GPU: hide it; the CPU suffices for loading.", "export CUDA_VISIBLE_DEVICES=-1"
)
_GROWTH = Remedy(
    "Let TensorFlow take GPU memory as it needs it (memory growth), and close other processes that hold it.",
    "export TF_FORCE_GPU_ALLOW_GROWTH=true",
)
_WINDOWS = Remedy(
    "On Windows: install the current Microsoft Visual C++ redistributable (msvcp140_1.dll; 2015-2022, x64); a 64-bit "
    "Python is needed, and a TensorFlow that has wheels for it (Python 3.8 to 3.12).",
    "winget install Microsoft.VCRedist.2015+.x64",
)
_GLIBC = Remedy(
    "This Linux is older than what the wheel was built for (glibc, libstdc++): take an older TensorFlow, conda's build "
    "(conda-forge, with its own libstdcxx), a newer Linux, or a container.",
    "conda install -c conda-forge tensorflow libstdcxx-ng",
)
_MKL = Remedy(
    "Two copies of Intel's libraries meet (one of conda, one of pip): take all packages from one of the two, in a new "
    "environment; KMP_DUPLICATE_LIB_OK lets the program go on meanwhile.",
    "conda create -n fresh -c conda-forge tensorflow keras numpy  # meanwhile: export KMP_DUPLICATE_LIB_OK=TRUE",
)
_PLUGIN = Remedy(
    "A plugin or a library of operations (tensorflow-metal, tensorflow-text, tensorflow-io, tensorflow-addons) is "
    "compiled "
    "for one release of TensorFlow: install the same version of both, or remove it and reinstall. Some have no "
    "build for "
    "Windows (tensorflow-decision-forests, tensorflow-text): use Linux, WSL or Colab there.",
    "pip install -U tensorflow tensorflow-text  # tensorflow-macos with tensorflow-metal",
)


def _library(scene: Scene, match: re.Match[str]) -> Reading:
    """Tell of a compiled library that is missing or does not fit, by its name and its message."""
    seen = scene.low
    remedies: list[Remedy] = []
    if "glibc" in seen or "cxxabi" in seen or "libstdc++" in seen:
        remedies.append(_GLIBC)
    if any(word in seen for word in ("mach-o", "dlopen", ".dylib", "incompatible architecture", "flat namespace")):
        remedies.append(_APPLE)
    plugin = any(
        word in seen
        for word in ("tensorflow-plugins", "metal", "tensorflow_text", "_ops.so", "tensorflow_io", "addons", "_ops_gpu")
    )
    if plugin or "undefined symbol" in seen or "symbol not found" in seen:
        remedies.append(_PLUGIN)
    if any(
        word in seen
        for word in ("cuda", "libcu", "libnv", "cudart", "cublas", "cudnn", "nvinfer", "cusolver", "nvidia", "nvcuda")
    ):
        remedies += [_DRIVER, _GPU_HIDDEN]
    if "mkl" in seen or "libiomp5" in seen:
        remedies.append(_MKL)
    if any(word in seen for word in ("dll", "winerror", ".pyd", "win32")):
        remedies.append(_WINDOWS)
    return broken(
        "a compiled library that TensorFlow (or another package) needs cannot be loaded: not installed, of another "
        "version, or for another system",
        *dict.fromkeys((*remedies, _WINDOWS if not remedies else REINSTALL, REINSTALL, VERSIONS, UPGRADE)),
    )


SYMPTOMS = (
    Symptom(
        (
            "illegal instruction",
            "illegal hardware instruction",
            "compiled to use avx",
            "compiled to use sse",
            "instructions, but these aren't available",
            "exit code 132",
            "sigill",
            "not support avx",
            "n't support avx",
            "without avx",
            "lacks avx",
            "no avx",
        ),
        (
            broken(
                "the CPU lacks instructions (AVX, AVX2, FMA) that this TensorFlow was compiled to use: the process "
                "dies",
                _CPU,
                _APPLE,
            ),
        ),
        strength=8,
    ),
    Symptom(
        (
            "failed to load the native tensorflow runtime",
            "dll load failed",
            "_pywrap_tensorflow",
            "glibcxx_",
            "version glibc_",
            "cxxabi_",
            "undefined symbol",
            "cannot allocate memory in static tls",
            "incompatible architecture (have",
            "mach-o",
            "libtensorflow_framework",
            "symbol not found",
            "library not loaded",
            "wrong elf class",
            "wrong architecture",
            "libcudart",
            "libcublas",
            "libcudnn",
            "could not find the dll",
            ".dll'. tensorflow requires",
            "winerror 126",
            "winerror 127",
            "winerror 1114",
            "winerror 193",
            "not a valid win32 application",
            "cannot open shared object file",
            "tensorflow-plugins",
            "no suitable image found",
            "python shared library not found",
            ".so not found",
            ".dll not found",
            ".dylib not found",
            "inference.so",
            "cannot find tensorflow native library",
            "unsatisfiedlinkerror",
            "tfjs_binding.node",
            "unable to load dll",
            "libiomp5",
            "mkl fatal error",
            "mkl_intel_thread",
        ),
        _library,
        pattern=r"failed to load the native|DLL load failed|_pywrap_tensorflow[^\n]{0,80}(?:Error|failed|No module)"
        r"|(?:GLIBC(?:XX)?|CXXABI)_[\d.]+'? not found|undefined symbol|static TLS"
        r"|incompatible architecture|mach-o|symbol not found|wrong ELF class|wrong architecture"
        r"|\w[\w.\-+]*\.so[\w.]*: cannot open shared|\w\.(?:so|dll|dylib) not found"
        r"|could not find(?: the DLL\(s\))? '[\w.]+\.dll'|WinError (?:126|127|1114|193)\b|not a valid Win32"
        r"|libmetal_plugin|library not loaded|no suitable image|shared library not found|native library for OS"
        r"|UnsatisfiedLinkError|tfjs_binding\.node|unable to load DLL|OMP: Error|MKL FATAL",
        strength=6,
    ),
    Symptom(
        (
            "libdevice not found",
            "can't find libdevice",
            "failed to get convolution algorithm",
            "dnn library is not found",
            "dnn library initialization failed",
            "no algorithm worked",
            "cudnn_status",
            "cuda_error",
            "failed call to cuinit",
            "could not create cudnn handle",
            "loaded runtime cudnn library",
            "gemm launch failed",
            "blas operation using streamexecutor without blas",
            "cudagetdevice() failed",
            "cuda driver version is insufficient",
            "cannot dlopen some gpu libraries",
            "cudnn failed to initialize",
            "no kernel image is available",
            "cuda runtime implicit initialization",
            "could not load dynamic library",
            "dso_loader.cc",
            "cuda error:",
            "ptxas",
            "cudnnrnnforward",
            "failed to call thenrnnforward",
            "cublas_status",
            "cuda initialization",
            "could not find cuda drivers",
        ),
        (
            broken(
                "the GPU's libraries (CUDA, cuDNN) or its driver do not fit this TensorFlow, or its memory is taken",
                _DRIVER,
                _GROWTH,
                _GPU_HIDDEN,
            ),
        ),
        pattern=r"libdevice|get convolution algorithm|dnn library|no algorithm worked|cudnn_status|cuda_error|cuinit"
        r"|create cudnn handle|runtime CuDNN library|gemm launch|without BLAS support|cudaGetDevice|driver version is"
        r"|dlopen some GPU|cuDNN failed|kernel image|implicit initialization"
        r"|could not load dynamic library '?(?:lib)?(?:cu|nv)|CUDA error|ptxas (?:returned|not)|ThenRnnForward"
        r"|cublas_status|find cuda drivers",
        strength=7,
    ),
    Symptom(
        (
            "resource exhausted",
            "oom when allocating",
            "memoryerror",
            "killed",
            "unable to allocate",
            "cannot allocate memory",
            "out of memory",
            "resourceexhaustederror",
            "std::bad_alloc",
            "exit code 137",
            "sigkill",
            "oomkilled",
            "memory quota exceeded",
            "error r14",
            "error r15",
            "is too large (max is 500m)",
            "exceeds the maximum",
            "size exceeds",
        ),
        (
            Reading(
                "resource-limit",
                "there is not enough memory (or room) for what the file, the model or its packages ask for",
                (
                    Remedy(
                        "See how large the tensors are that the file declares; an absurd size means damage or "
                        "an attack.",
                        "keras-doctor inspect PATH",
                    ),
                    Remedy(
                        "Close other processes that hold the GPU, or load on the CPU; on a small host, install "
                        "tensorflow-cpu, load one copy of the model for all workers (gunicorn --preload --workers "
                        "1), or "
                        "serve a TFLite model.",
                        "CUDA_VISIBLE_DEVICES=-1 python your_script.py",
                    ),
                ),
                confidence="medium",
                code="KD801",
            ),
        ),
        pattern=r"resource ?exhausted|OOM when|MemoryError|unable to allocate|cannot allocate memory(?! in static)"
        r"|out of memory|bad_alloc|exit code 137|SIGKILL|OOMKilled|(?<!\w)Killed(?:: 9)?(?=\s|$)"
        r"|memory quota|Error R1[45]|too large \(max is"
        r"|(?:slug|package|deployment|unzipped)[^\n]{0,60}(?:exceeds|too large)",
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
            "0xc0000409",
            "0xc0000374",
            "exit code 134",
            "sigabrt",
            "your session crashed",
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
                    _GPU_HIDDEN,
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
