"""What the web server loads: the application, and the door before it (Granian's RSGI)."""

import os

from backoffice.app import create_app
from backoffice.door import Door

app = create_app()
door = Door(app, threads=int(os.environ.get("BACKOFFICE_WEB_THREADS") or 4))
