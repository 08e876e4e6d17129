"""One machine, one command: starts what the back office needs, keeps it running and stops it again.

`python -m backoffice.supervisor` is what `make run` ends in. It stays in the foreground, starts an embedded
PostgreSQL and Valkey (unless addresses of others are given), migrates, loads the demonstration set once, and
keeps the web server, the job workers and the scheduler alive. `python -m backoffice.supervisor services -- CMD`
starts the services alone for the time of one command. See docs/decisions/0002-embedded-services.md.
"""
