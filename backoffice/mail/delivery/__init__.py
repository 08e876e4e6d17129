"""Whether a message reached its addressee: notifications, bounces, reachability, evidence."""
