"""Figures beside their floors, taken in one run, alternating; only the ratios travel from one machine to another."""
