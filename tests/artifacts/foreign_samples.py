"""Files of other kinds, written by hand or by the standard library: bytes, what they are, what their title says."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import pickle
import sqlite3
import struct
import tarfile
import zipfile
import zlib

import numpy as np

ZEROS = bytes(4096)


def zipped(members, method=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(members, mode="w"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def varint(value):
    out = b""
    while value > 127:
        out += bytes((value & 127 | 128,))
        value >>= 7
    return out + bytes((value,))


def message(*fields):
    """Encode a protocol buffer message from (number, value) pairs: whole numbers, or bytes and text."""
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        else:
            data = value.encode() if isinstance(value, str) else value
            out += varint(number << 3 | 2) + varint(len(data)) + data
    return out


def npz(**arrays):
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def npy(array):
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def sqlite():
    connection = sqlite3.connect(":memory:")
    connection.execute("create table t (a)")
    connection.commit()
    return connection.serialize() if hasattr(connection, "serialize") else b"SQLite format 3\0" + ZEROS


PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 640, 480) + bytes(64)
PE = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + bytes(64)
LFS = (
    b"version https://git-lfs.github.com/spec/v1\n"
    b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 102853048\n"
)
DRIVE = (
    b"<!DOCTYPE html><html><head><title>Google Drive - Virus scan warning</title></head>"
    b"<body>Google Drive can't scan this file for viruses.</body></html>"
)
S3 = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.'
    b"</Message><Key>model.h5</Key></Error>"
)
NOTEBOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()

# (name, bytes, format, what the title says)
SAMPLES = (
    ("model.h5", b"", "empty", "0 bytes"),
    ("model.keras", ZEROS * 20, "zero-filled", "zeros only"),
    ("a.onnx", message((1, 8), (2, "pytorch"), (3, "2.1.0"), (7, b"\x0a\0"), (8, message((2, 17)))),
     "onnx", "pytorch 2.1.0"),
    ("a.tflite", b"\x1c\0\0\0TFL3" + bytes(56), "tflite", "TensorFlow Lite"),
    ("a.caffemodel", message((1, "net"), (100, message((1, "conv1"), (2, "Convolution")))), "caffe", "Caffe"),
    ("a.pb", message((1, "net"), (2, message((1, "x"), (2, "y"), (4, "Conv")))), "caffe2", "Caffe2"),
    ("a.prototxt", b'name: "net"\nlayer {\n  name: "conv"\n  type: "Convolution"\n}\n', "caffe-text", "Caffe"),
    ("a.params", b"\x12\x01\0\0\0\0\0\0" + bytes(64), "mxnet", "MXNet"),
    ("symbol.json", b'{"nodes": [], "arg_nodes": [], "heads": []}', "mxnet-symbol", "MXNet"),
    ("yolov3.weights", struct.pack("<iiiQ", 0, 2, 0, 32013312) + bytes(400), "darknet-weights", "Darknet"),
    ("yolov3.cfg", b"[net]\nbatch=1\n[convolutional]\nfilters=32\n", "darknet-config", "Darknet"),
    ("a.gguf", b"GGUF" + struct.pack("<IQQ", 3, 2, 0), "gguf", "2 tensors"),
    ("a.ggml", b"lmgg" + bytes(64), "ggml", "GGML"),
    ("a.safetensors", struct.pack("<Q", 56) + b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}  ' + bytes(8),
     "safetensors", "1 tensor"),
    ("model.safetensors.index.json", b'{"metadata": {}, "x": 1}', "json", "its keys: metadata, x"),
    ("a.pt", zipped({"archive/data.pkl": b"\x80\x02}q\0.", "archive/version": b"3\n"}), "pytorch", "PyTorch"),
    ("a.pt2", zipped({"a/archive_format": b"pt2", "a/models/model.json": b"{}"}), "torch-export", ".pt2"),
    ("a.mar", zipped({"MAR-INF/MANIFEST.json": b"{}", "model.pt": b"x"}), "torchserve", "TorchServe"),
    ("dl4j.zip", zipped({"configuration.json": b"{}", "coefficients.bin": b"x"}), "dl4j", "Deeplearning4j"),
    ("a.task", zipped({"hand.tflite": b"\x1c\0\0\0TFL3"}), "mediapipe-task", "MediaPipe"),
    ("a.whl", zipped({"a/__init__.py": b"", "a-1.dist-info/WHEEL": b"x"}), "wheel", "wheel"),
    ("a.docx", zipped({"[Content_Types].xml": b"<x/>"}), "office", "office"),
    ("a.jar", zipped({"META-INF/MANIFEST.MF": b"x"}), "jar", "Java"),
    ("a.zip", zipped({"notes.txt": b"hello", "b.txt": b"x"}), "zip", "notes.txt, b.txt"),
    ("a.zip", zipped({}), "zip", "empty"),
    ("weights.keras", npz(a=np.zeros(3), b=np.ones(2)), "npz", "2 arrays: a, b"),
    ("a.npy", npy(np.zeros((2, 3), "f4")), "npy", "shape (2, 3), dtype <f4"),
    ("a.npy", npy(np.array([{}], dtype=object)), "npy", "of Python objects"),
    ("a.pkl", pickle.dumps({"a": [1, 2]}, 0), "pickle", "pickle"),
    ("a.pkl", pickle.dumps({"a": [1, 2]}, 1), "pickle", "pickle"),
    ("a.pkl", pickle.dumps(np.zeros(300), 2), "pickle", "NumPy arrays"),
    ("a.pkl", pickle.dumps(np.zeros(300), 5), "pickle", "NumPy arrays"),
    ("a.pkl", pickle.dumps(ValueError("x"), 4), "pickle", "pickle"),
    ("a.mat", b"MATLAB 5.0 MAT-file, Platform: GLNXA64".ljust(124) + b"\0\x01IM" + bytes(64), "matlab", "MATLAB"),
    ("a.parquet", b"PAR1" + bytes(64) + b"PAR1", "parquet", "Parquet"),
    ("a.arrow", b"ARROW1\0\0" + bytes(64), "arrow", "Arrow"),
    ("a.csv", b"a,b,c\n1,2,3\n4,5,6\n7,8,9\n", "csv", "CSV"),
    ("a.db", sqlite(), "sqlite", "SQLite"),
    ("model.h5", DRIVE, "html", "Google Drive - Virus scan warning"),
    ("model.h5", b"\n\n<html><title>404 &amp; gone</title></html>", "html", "404 & gone"),
    ("model.h5", S3, "xml-error", "NoSuchKey: The specified key does not exist."),
    ("a.xml", b'<?xml version="1.0"?><PMML version="4.4"></PMML>', "xml", "<PMML>"),
    ("a.xml", b'<?xml version="1.0"?><net name="m" version="11"><layers></layers></net>', "openvino", "OpenVINO"),
    ("a.svg", b'<?xml version="1.0"?><!-- c --><svg xmlns="x"></svg>', "svg", "SVG"),
    ("model.h5", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>", "http-response", "answer"),
    ("model.h5", b'{"message": "Not Found", "status": "404"}', "json-error", "Not Found (404)"),
    ("model.h5", b'{"error": {"code": 403, "message": "Access denied"}}', "json-error", "Access denied (403)"),
    ("model.h5", b'{"detail": "no such file"}', "json-error", "no such file"),
    ("a.ipynb", NOTEBOOK, "notebook", "notebook"),
    ("coco.json", b'{"images": [], "annotations": [{"class_name": "dog"}]}', "coco", "COCO"),
    ("config.json", b'{"architectures": ["BertModel"], "model_type": "bert"}', "transformers-config", "transformers"),
    ("tokenizer.json", b'{"version": "1.0", "added_tokens": [], "model": {}}', "tokenizer", "tokenizer"),
    ("package.json", b'{"name": "a", "version": "1", "scripts": {}}', "package-json", "package.json"),
    ("history.json", b'{"loss": [1.0, 0.5], "val_loss": [1.1, 0.7]}', "training-history", "history"),
    ("a.json", b"[1, 2, 3]", "json", "a list of 3"),
    ("a.json", b'{"a": 1', "json", "does not parse"),
    ("adam.json", b'{"class_name": "Adam", "config": {"lr": 0.001}}', "json-config", "(Adam)"),
    ("tok.json", b'{"class_name": "Tokenizer", "config": {"word_index": "{}"}}', "keras-tokenizer", "tokenizer"),
    ("train.py", b'"""Train."""\nimport keras\n\n\ndef build():\n    return keras.Sequential()\n', "python", "source"),
    ("run.sh", b"#!/bin/bash\necho hi\n", "shell-script", "script"),
    ("MLmodel", b"artifact_path: model\nflavors:\n  python_function:\n    env: conda.yaml\n", "mlflow-file", "MLflow"),
    ("notes", b"The model is on the other disk.\n", "text", "The model is on the other disk."),
    ("model.h5", "plain text that PowerShell wrote".encode("utf-16"), "utf16-text", "UTF-16"),
    ("plot.png", PNG, "image", "640 × 480"),
    ("a.jpg", b"\xff\xd8\xff\xe0" + bytes(64), "image", "JPEG"),
    ("a.pdf", b"%PDF-1.7\n" + bytes(64), "pdf", "PDF"),
    ("a.wav", b"RIFF\x24\0\0\0WAVEfmt " + bytes(64), "media", "sound"),
    ("a.exe", PE, "executable", "program"),
    ("a.so", b"\x7fELF\x02\x01\x01" + bytes(64), "executable", "program"),
    ("a.enc", b"Salted__" + bytes(range(64)), "encrypted", "encrypted"),
    ("model.h5", LFS, "git-lfs-pointer", "Git LFS"),
    ("model.h5", LFS.replace(b"\n", b"\r\n"), "git-lfs-pointer", "Git LFS"),
    ("model.h5", b"/annex/objects/SHA256E-s31390--f50d.h5\n", "git-annex-pointer", "git-annex"),
    ("model.h5.dvc", b"outs:\n- md5: a304afb96060aad90176268345e10355\n  size: 37891850\n  path: model.h5\n",
     "dvc-pointer", "DVC"),
    ("model.h5", b"../store/model-v2.h5", "link-as-text", "../store/model-v2.h5"),
    ("model.url", b"[InternetShortcut]\r\nURL=https://example.org/m.h5\r\n",
     "internet-shortcut", "https://example.org/m.h5"),
    ("model.lnk", b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F" + bytes(64), "shortcut", "shortcut"),
    ("._model.h5", b"\0\x05\x16\x07\0\x02\0\0Mac OS X        " + bytes(64), "apple-double", "macOS"),
    (".model.h5.icloud", b"bplist00\xd3" + bytes(64), "icloud-placeholder", "(of model.h5)"),
    ("model.h5.crdownload", bytes(range(1, 256)) * 3, "partial-download", "unfinished"),
    ("group1-shard1of4.bin", bytes(range(1, 256)) * 3, "tfjs-shard", "TensorFlow.js"),
    ("a.gz", gzip.compress(b"a,b\n1,2\n3,4\n5,6\n"), "gzip", "a table of text"),
    ("a.bz2", bz2.compress(LFS), "bzip2", "Git LFS"),
    ("a.xz", lzma.compress(PNG), "xz", "a picture"),
    ("a.bin", zlib.compress(NOTEBOOK), "zlib", "notebook"),
    ("a.gz", gzip.compress(pickle.dumps(np.zeros(9))), "pickle", "compressed with gzip"),
    ("a.tar", tarred({"notes.txt": b"x"}), "tar", "notes.txt"),
    ("a.rar", b"Rar!\x1a\x07\x01\0" + bytes(64), "rar-wrapped", "RAR"),
    ("a.h5", base64.b64encode(b"\x89HDF\r\n\x1a\n" + ZEROS), "base64-wrapped", "base64"),
    ("a.bin", bytes(range(1, 256)) * 20, "unknown", "unknown kind"),
)  # fmt: skip
