@"%~dp0python.exe" -m keras_doctor %*
