"""The clocks of a case on pages: how a last day was found, a term lengthened."""
