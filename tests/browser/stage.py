"""Sets the stage for the browser: accounts, keys, the open window. Run in a process of its own; prints what it made."""

import json
from datetime import timedelta

from backoffice.app import create_app
from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import transaction
from backoffice.core.settings import settings
from backoffice.demo import history
from backoffice.demo.setup import STAFF
from backoffice.intake import receipts
from backoffice.quota import service as quota
from backoffice.staff import service as staff
from backoffice.staff.permissions import Scope

PASSWORD = "un mot de passe d’essai"


def main() -> None:
    receipts.make_key(settings().keys_folder)
    with create_app().app_context():
        now, accounts, keys = clock.now(), {}, {}
        for login, name, role in STAFF:
            with transaction():
                staff.create_account(f"{login}@exemple.test", name, role, PASSWORD, by=SYSTEM, at=now)
            accounts.setdefault(role.value, []).append({"email": f"{login}@exemple.test", "password": PASSWORD, "name": name})
        for scope in (Scope.PORTAL, Scope.PAYMENTS):
            with transaction():
                keys[scope.value] = staff.issue_key(scope.value, [scope], by=SYSTEM, at=now)[1]
        with transaction():
            quota.load_window(history.window("DEMO", now - timedelta(days=1), now + timedelta(days=300), 200), None, by=SYSTEM, at=now)
    print(json.dumps({"accounts": accounts, "keys": keys}))


if __name__ == "__main__":
    main()
