"""The public report of an intake period (rapport de période): what the decision said, who came when, where the places ended, and how to verify it.

It names nobody. Counts of fewer than five people of one country are not told.
"""
