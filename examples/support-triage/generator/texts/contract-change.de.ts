/** German tickets about changing a service or rental contract. */
import { categoryTexts } from "../template.ts";

export const contractChangeDe = categoryTexts("contract_change", "de", {
  training: `
== normal | Vertrag {contract}: Wechsel in den Tarif {plan}
wir möchten unseren Servicevertrag auf {plan} umstellen, am liebsten zum nächsten Ersten. Was kostet das im Monat und ändert sich dadurch die Laufzeit?

== normal | Umzug des Büros
zum {soon} ziehen wir nach {city} um. Der Vertrag für die Maschine soll an die neue Adresse mitgenommen werden. Was brauchen Sie von uns?

== normal | Umfirmierung
unsere Gesellschaft heißt seit dem Notartermin im {month} anders. Bitte ändern Sie den Vertragspartner im Vertrag {contract}. Den Handelsregisterauszug schicke ich mit.

== normal | Zweite Maschine in den Vertrag aufnehmen
wir haben für das Lager eine zweite {machine} gekauft und möchten sie in den bestehenden Servicevertrag aufnehmen. Bitte ein Angebot für die Erweiterung.

== low | Vertragslaufzeit
wann läuft unser Vertrag eigentlich aus und welche Möglichkeiten gibt es danach? Wir überlegen, auf ein kleineres Paket zu gehen, haben aber noch keinen Termin im Kopf.

== normal billing | Neue Rechnungsanschrift
unsere Rechnungen sollen ab sofort an die Zentrale in {city} gehen, die Lieferadresse bleibt gleich. Bitte im Vertrag hinterlegen.

== normal | Bohnenmenge im Abo anpassen
seit so viele im Homeoffice sind, brauchen wir nur noch die Hälfte. Können wir die monatliche Menge im Abo von {some} auf {few} kg senken?

== normal | Ansprechpartner ändern
Frau Lehmann ist nicht mehr bei uns. Neuer Ansprechpartner für den Vertrag {contract} bin ich. Bitte passen Sie die Stammdaten an.

== normal | Vertragsübernahme
wir übernehmen zum Monatswechsel die Räume der Firma nebenan samt deren {machine}. Kann der laufende Vertrag auf uns überschrieben werden?

== normal solo | Tarifwechsel
Hallo, bitte von Basis auf Komfort umstellen. Danke. Vertrag {contract}

== normal solo | Bitte Vertrag {contract} auf die neue Firmenadresse ändern

== high | Vertragsänderung immer noch nicht umgesetzt
seit drei Monaten warte ich darauf, dass Sie unseren Vertrag auf das kleinere Paket ändern. Zugesagt war es zweimal. Wir zahlen jeden Monat zu viel! Bitte diese Woche erledigen und die Differenz gutschreiben.

== normal | Maschine tauschen
die Piano ist für inzwischen 45 Leute zu klein. Können wir innerhalb der Laufzeit auf eine größere Mietmaschine wechseln? Was würde die Rate dann betragen?

== normal | Vertrag pausieren
unsere Kantine wird von {month} an drei Monate renoviert. In der Zeit brauchen wir weder Wartung noch Bohnen. Lässt sich der Vertrag so lange ruhend stellen?

== low | Verlängerung zu besseren Konditionen
der Vertrag läuft nächstes Jahr aus. Falls Sie uns beim Preis entgegenkommen, würden wir gern verlängern. Machen Sie in Ruhe einen Vorschlag.

== normal | Reaktionszeit im Vertrag
wir bräuchten statt 48 Stunden eine Reaktionszeit von 8 Stunden, weil jetzt auch das Schulungszentrum dranhängt. Geht das im bestehenden Vertrag und mit welchem Aufpreis?

== normal | Zahlweise jährlich
können wir den Servicevertrag von monatlicher auf jährliche Zahlung umstellen? Gibt es dafür einen Nachlass?

== normal | Lieferrhythmus
bitte ändern Sie unser Bohnen-Abo von monatlich auf alle sechs Wochen. Sonst bleibt alles wie gehabt.

== normal | Weniger Etagen, weniger Maschinen
wir geben den dritten Stock ab und brauchen im Vertrag {contract} nur noch {few} Maschinen. Wie verringert sich die Rate, und wer holt das Gerät ab?

== normal | Vertragsdaten nach Heirat
mein Nachname hat sich geändert, im Vertrag stehe ich noch unter dem alten. Bitte korrigieren Sie den Namen des Ansprechpartners.

== normal | Rechtsform geändert
aus unserem Einzelunternehmen ist eine GmbH geworden. Der Servicevertrag soll auf die GmbH laufen. Brauchen Sie dafür eine neue Unterschrift?

== normal | Servicezeiten erweitern
wir arbeiten jetzt in zwei Schichten. Kann der Servicevertrag auf Samstag und bis 22 Uhr ausgeweitet werden? Bitte ein Angebot.

== normal | Bohnensorte im Abo wechseln
bitte stellen Sie unser Abo ab der nächsten Lieferung von {beans} auf die Hausmischung um, Menge und Rhythmus bleiben.

== low | Vertrag zusammenlegen
wir haben inzwischen drei einzelne Verträge mit unterschiedlichen Laufzeiten. Langfristig hätten wir gern einen Rahmenvertrag. Kein Zeitdruck, lassen Sie uns dazu einmal telefonieren.

== high | Umzug am {weekday}, Vertrag immer noch auf alter Adresse
ich habe die Adressänderung dreimal gemeldet. Am {weekday} ziehen wir um, und Ihre Disposition will die Maschine immer noch am alten Standort lassen. Bitte ändern Sie den Vertrag dringend.

== normal billing | Kostenstelle im Vertrag
bitte nehmen Sie in die Vertragsdaten auf, dass Rechnungen an kreditoren@ gehen und die Kostenstelle 7{last4} tragen.

== normal | Option Wasserfilter dazubuchen
im Tarif {plan} ist kein Filterwechsel enthalten. Können wir den zum laufenden Vertrag dazubuchen, und was kostet das im Monat?

== normal | Noch ein Gerät dazu
wir bekommen für die neue Etage ein weiteres Gerät und hätten es gern im selben Vertrag mit derselben Laufzeit. Wie ändert sich dadurch unsere Monatsrate?

== normal | Neuer Name, gleicher Vertrag
seit der Fusion treten wir unter neuem Firmennamen auf. Bitte schreiben Sie den Servicevertrag auf die neue Gesellschaft um und bestätigen Sie die Umschreibung.

== normal | Menge im Kaffee-Abo senken
wir trinken weniger als gedacht: Bitte reduzieren Sie die monatliche Menge im Abonnement von {some} auf {few} kg.
`,
  evaluation: `
== normal | Upgrade Servicevertrag
wir hätten gern ein höheres Servicepaket, also {plan} statt des bisherigen. Ab wann wäre die Umstellung möglich und wie hoch wird die Monatsrate?

== normal | Standortwechsel
unser Büro zieht im {month} um, die Mietmaschine zieht mit. Bitte ändern Sie den Standort im Vertrag {contract} und sagen Sie mir, wer die Maschine ab- und wieder aufbaut.

== normal | Anderer Firmenname
nach der Fusion lautet unser Name anders. Der Servicevertrag müsste auf die neue Gesellschaft umgeschrieben werden. Reicht Ihnen dafür eine Mail?

== normal | Weitere Maschine
für unsere neue Etage mieten wir gerade noch eine {machine}. Kann die in denselben Vertrag, damit wir nur eine Laufzeit haben?

== normal | Weniger Kaffee im Abonnement
wir möchten die Menge in unserem Bohnen-Abo reduzieren, statt {some} kg genügen künftig {few} kg pro Monat.

== low | Vertrag zum Jahresende anpassen
irgendwann im Herbst würden wir unseren Vertrag gern auf ein kleineres Paket umstellen. Welche Varianten gäbe es da?

== normal billing | Rechnungsadresse im Vertrag ändern
die Rechnungsanschrift lautet künftig: Zentrale Dienste, Postfach {last4}, {city}. Am Vertrag selbst ändert sich nichts.

== high | Tarifumstellung nicht erfolgt
die Umstellung auf {plan} wurde mir zum {date} schriftlich bestätigt, trotzdem läuft alles im alten, teureren Tarif weiter. Das ist jetzt meine vierte Mail. Bitte ändern Sie den Vertrag noch diese Woche.

== normal solo | vertrag
hallo wir bekommen noch ne zweite maschine dazu, kann die mit in den vertrag rein?

== normal | Neuer Ansprechpartner
ich übernehme ab sofort von meinem Vorgänger alles rund um die Kaffeemaschinen. Bitte tragen Sie mich für den Vertrag als Kontakt ein.
`,
  trainingDetails: `
Es geht um den Vertrag {contract}.
Die übrigen Bedingungen sollen so bleiben.
Bitte schicken Sie mir die geänderten Vertragsunterlagen zur Unterschrift.
Unterschreiben darf bei uns nur die Geschäftsführung.
Den Vertrag haben wir vor {few} Jahren geschlossen.
Gewünschter Termin für die Umstellung: {soon}.
`,
  evaluationDetails: `
Unsere Vertragsnummer ist {contract}.
Gern mit einem neuen Angebot für die restliche Laufzeit.
Am Lieferumfang soll sich sonst nichts ändern.
Wir bräuchten einen Nachtrag zum Vertrag, den unser Chef unterschreiben kann.
`,
});
