"""What every feature stands on, and nothing about immigration: database, clock, events, deliveries, forms, files, settings."""
