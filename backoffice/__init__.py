"""Staff back office for a ministry that receives more applications than it may admit."""

import gc

gc.set_threshold(20_000, 20, 50)
"""Loading makes a quarter of a million objects that stay: looking them over every 700 took a tenth of each process's start."""
