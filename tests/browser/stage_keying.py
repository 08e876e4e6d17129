"""Applications on paper to key: so many envelopes, each with the form of our demonstration. Run in a process of its own; prints their numbers."""

import json
import sys
from datetime import date, timedelta

from backoffice.app import create_app
from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import transaction
from backoffice.demo import paper
from backoffice.mailroom import service
from backoffice.mailroom.pipeline import service as pipeline
from backoffice.mailroom.values import Door, EnvelopeKind, NewEnvelope

STAMP = date(2015, 12, 30)


def main(count: int) -> None:
    scan = paper.pdf(paper.FORM, ("PIÈCE JOINTE (exemple)",))
    numbers = []
    with create_app().app_context():
        for place in range(count):
            with transaction():
                new = NewEnvelope(STAMP - timedelta(days=place), EnvelopeKind.APPLICATION, "Postes Canada", "Expéditeur fictif", "Formulaire")
                numbers.append(service.register_envelope(new, by=SYSTEM, at=clock.now()).number)
            with transaction():
                pipeline.receive(scan, "demande.pdf", Door.UPLOAD, envelope=numbers[-1], by=SYSTEM, at=clock.now())
    print(json.dumps(numbers))


if __name__ == "__main__":
    main(int(sys.argv[1]))
