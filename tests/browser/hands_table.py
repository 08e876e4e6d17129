"""Writes docs/hands.md from the counts that the browser tests kept: `BACKOFFICE_HANDS=1 pytest tests/browser`, then `python -m tests.browser.hands_table`."""

import json

from tests.browser.hands import RECORD

PEERS = {
    "9": "29,9 (paperless-ngx, indexé) ; 12,7 (RT, non indexé)", "9c": "—", "10": "65,2 (paperless-ngx)", "11": "13,7 (RT, trois champs libres)",
}  # fmt: skip
PAGE = """# Ce que coûtent les gestes les plus courants de la salle du courrier

Comptés dans les tests du navigateur par la classe `Hand` (`tests/browser/hands.py`), aux règles ci-dessous, sans souris.
Refaire le tableau : `BACKOFFICE_HANDS=1 pytest tests/browser -k act_`, puis `python -m tests.browser.hands_table`.

| geste | | touches + données | clics | pages chargées | KLM s | but s | meilleur pair s |
| --- | --- | --- | --- | --- | --- | --- | --- |
{rows}

- **touches** : commandes et déplacements (un accord compte chacune de ses touches). **données** : ce qu’il faut recopier. Le
  texte libre d’un message ne compte pas. **clics** : un choix de liste à la souris en vaut deux. **pages chargées** : documents
  demandés dans la fenêtre principale.
- **KLM** = 0,28 × (touches + données) + 1,1 P + 0,1 B + 1,35 M + 0,4 H, sans attente. M précède chaque commande décidée, aucun
  où le geste d’avant la prévoit (Entrée après la frappe, Tab dans un formulaire). Les mains commencent sur le clavier.
- C’est un modèle d’une personne exercée qui ne se trompe pas ; personne n’a été chronométré. Les pairs ont été comptés de la
  même façon sur leurs propres pages (Request Tracker 5.0.3, paperless-ngx 3.0.5), leurs états de fin se ressemblent sans être
  identiques.
"""


def main() -> None:
    """Write the table."""
    counts = json.loads(RECORD.read_text())
    rows = [
        f"| {act} | {one['act']} | {one['keys']} + {one['data']} | {one['clicks']} | {one['loads']} | **{_comma(one['seconds'])}** | ≤ {_comma(one['goal'])} "
        f"| {PEERS.get(act, '—')} |"
        for act, one in sorted(counts.items(), key=lambda pair: (int("".join(c for c in pair[0] if c.isdigit())), pair[0]))
    ]
    RECORD.with_suffix(".md").write_text(PAGE.replace("{rows}", "\n".join(rows)))


def _comma(figure: float) -> str:
    return f"{figure:g}".replace(".", ",")


if __name__ == "__main__":
    main()
