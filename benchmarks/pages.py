def rows(*a, **k): return []
