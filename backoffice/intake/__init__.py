"""One hallway: whatever its door, an application becomes a Submission, is acknowledged, is given its place, becomes a case.

Words: submission (demande soumise), acknowledgment (accusé de réception), receipt (récépissé), window (période de réception).
Sources: `docs/contract`; I-0.2 s. 3.5; LCCJTI (C-1.1) s. 31 for the instants.
"""
