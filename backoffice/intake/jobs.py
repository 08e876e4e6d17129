"""What the hallway does later, when a fact is recorded: nothing of its own, as the clerk looks for arrivals himself (`clerks`)."""
