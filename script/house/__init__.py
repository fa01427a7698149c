"""What the commands in `script/` share: a Python environment, throw-away or demo services, stages with a clear end.

Only the standard library is used here, and every file can be read by Python 3.8, so that an old Python is told
in a sentence what is needed.
"""
