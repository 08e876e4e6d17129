"""Opening the mail: deliveries, pieces, money taken out by two people, deposit slips, slips printed beforehand."""
