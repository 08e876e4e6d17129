"""The pages of the people between, one module for each subject."""

from backoffice.intake.between.views import applications, claims, declarations, duplicates
from backoffice.intake.between.views.blueprint import bp

__all__ = ["applications", "bp", "claims", "declarations", "duplicates"]
