"""What goes back to its sender, with the reason, the letter and the record."""
