"""How fast, how lean, how steady: `python -m benchmarks [sync|post|pages|all] [--small]`, one table at the end.

Nothing here is asserted: the table says what was measured, beside what, and whether the aim was met.
"""
