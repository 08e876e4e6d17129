"""Keying: an application on paper typed from its image, checked as the portal's are, and received by the same hallway."""
