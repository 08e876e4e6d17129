"""What the pages of the intake periods are made of: the decision read from data, figures, acts and their consequences, and « why »."""
