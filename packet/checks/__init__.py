"""The parts of `verify.py`: joined into one file by `packet.verifier`, so they need the standard library alone.

Each part is Python 3.9, imports nothing of Lotwork but other parts, and does its arithmetic anew from the law and the
recorded events: nothing here may be shared with the rooms whose figures it checks.
"""
