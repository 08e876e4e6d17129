"""The code that runs in the bounded process: all that touches the inside of a received file, and the engine."""
