"""What is written on the pages that the recognition bench reads: letters about applications, all fictitious."""

_FRENCH = """Je soussignée déclare avoir joint à la présente demande les pièces justificatives suivantes : diplôme, relevé de notes, attestation d’emploi et certificat de naissance. Les renseignements fournis sont exacts et complets. Je m’engage à informer le Ministère de tout changement à ma situation familiale, professionnelle ou financière survenant avant la décision.

La personne qui présente une demande doit acquitter les droits exigibles dans les soixante jours de la date de l’avis. À défaut, la demande est réputée ne jamais avoir été présentée et les documents originaux sont retournés à leur expéditeur, à ses frais, par courrier recommandé. Aucun remboursement n’est possible après l’ouverture du dossier.

Le requérant principal est né à Saint-Étienne le 23 février 1981 ; son conjoint, né à Fès, au Maroc, a obtenu un baccalauréat en génie électrique de l’École polytechnique. Ils ont deux enfants à charge, Zoé et Loïc, âgés de huit et onze ans. L’aîné fréquente déjà une école francophone à l’étranger, où il obtient d’excellents résultats en français et en mathématiques.

Expérience de travail : de septembre 2009 à août 2014, ingénieure chargée de projets chez Bâtiments Québécois inc. (37,5 heures par semaine) ; de janvier 2005 à juin 2009, technicienne en œuvres d’art pour la Ville de Gaspé. Le salaire annuel était de 48 750 $, puis de 62 300 $ à compter de 2012. Une lettre de l’employeur est annexée au formulaire, avec les bulletins de paie des douze derniers mois.

Nous avons bien reçu votre envoi du 12 mai dernier. Toutefois, l’extrait d’acte de naissance que vous y avez joint n’est pas une copie certifiée conforme par l’autorité qui l’a délivré. Veuillez nous faire parvenir une copie conforme dans les trente jours, accompagnée, s’il y a lieu, d’une traduction vers le français effectuée par une traductrice agréée.

Les connaissances linguistiques sont évaluées au moyen d’un test reconnu, dont le résultat date de moins de deux ans. La compréhension orale, la production orale, la compréhension écrite et la production écrite donnent droit, chacune, à un certain nombre de points. Une attestation périmée, illisible ou incomplète ne donne droit à aucun point, quel que soit le niveau réel de la personne.

Adresse de correspondance : 1274, rue Hérault, app. 6, Trois-Rivières (Québec) G9A 4K2. Téléphone : 819 555-0173. Numéro du passeport : 09FV81237, délivré à Lyon le 3 août 2013, valide jusqu’au 2 août 2023. Numéro de dossier : B-00012345-6. Veuillez reproduire ce numéro sur toute pièce transmise, au coin supérieur droit de chaque feuille.

Nul ne peut être sélectionné s’il a fourni, directement ou par l’entremise d’un tiers, un renseignement ou un document faux ou trompeur. Cette règle s’applique à la personne qui présente la demande, à sa conjointe ou à son conjoint et à chacun des enfants à charge qui l’accompagnent. La décision est motivée et notifiée par écrit à la personne concernée."""

_ENGLISH = """I hereby declare that the information given in this application is true, complete and correct, and that I have enclosed every supporting document listed below: diploma, transcript of marks, employment letter and birth certificate. I undertake to notify the Ministry of any change in my family, professional or financial situation before a decision is made.

The applicant must pay the required fee within sixty days of the date of the notice. Failing that, the application is deemed never to have been submitted, and the original documents are returned to the sender, at his or her expense, by registered mail. No refund is possible once the file has been opened, whatever the reason for the withdrawal.

The principal applicant was born in Edinburgh on February 23, 1981; her husband, born in Bangalore, holds a bachelor's degree in electrical engineering. They have two dependent children, aged eight and eleven. The elder already attends a bilingual school abroad, where he achieves excellent results in French and mathematics.

Work experience: from September 2009 to August 2014, project engineer with Northern Bridge Works Ltd. (37.5 hours a week); from January 2005 to June 2009, laboratory technician for the County of Pembroke. The annual salary was $48,750, then $62,300 as of 2012. A letter from the employer is attached to the form, together with pay slips for the last twelve months.

We acknowledge receipt of your letter of May 12. However, the extract of the birth record that you enclosed is not a certified copy issued by the competent authority. Please send us a certified copy within thirty days, along with, where applicable, a translation into French made by a certified translator. A photocopy, even a legible one, cannot be accepted.

Language proficiency is assessed by means of a recognized test taken less than two years ago. Listening, speaking, reading and writing each give a certain number of points. A certificate that is expired, illegible or incomplete gives no points at all, whatever the actual level of the person. The original certificate is sent directly by the institution that held the test.

Mailing address: 1274 Hawthorne Street, apt. 6, Sherbrooke (Quebec) J1H 4K2. Telephone: 819 555-0173. Passport number: 09FV81237, issued in Leeds on August 3, 2013, valid until August 2, 2023. File number: B-00012345-6. Please write this number on every document that you send, in the upper right corner of each sheet, using a pen with dark ink.

No person may be selected who has provided, directly or through another person, any false or misleading information or document. This rule applies to the applicant, to the applicant's spouse and to each of the accompanying dependent children. The decision gives reasons and is notified in writing to the person concerned within ten working days."""

SPANISH = [
    "Por la presente declaro que toda la información contenida en esta solicitud es completa y verídica. El acta de nacimiento fue expedida en la ciudad de Bogotá el veinte de marzo de mil novecientos ochenta y uno. La señora Núñez trabajó durante cinco años como ingeniera en una compañía de construcción; también enseñó matemáticas en la escuela pública. ¿Cuál es el número de teléfono del señor Muñoz?"
] * 5
ARABIC = [
    "أصرح بموجب هذا أن جميع المعلومات الواردة في هذا الطلب كاملة وصحيحة. صدرت شهادة الميلاد في مدينة الدار البيضاء بتاريخ العشرين من مارس. وزارة الداخلية المملكة المغربية، الاسم العائلي والاسم الشخصي وتاريخ الازدياد ومكانه."
] * 5
HEBREW = ["אני מצהיר בזאת כי כל הפרטים המופיעים בבקשה זו הם מלאים ונכונים. תעודת הלידה הונפקה בעיר חיפה ביום עשרים במרץ"] * 5

FRENCH, ENGLISH = _FRENCH.split("\n\n"), _ENGLISH.split("\n\n")
