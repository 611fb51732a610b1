/** German tickets about invoices, credit notes, reminders and statements. */
import { categoryTexts } from "../template.ts";

export const invoiceQuestionDe = categoryTexts("invoice_question", "de", {
  training: `
== normal | Frage zu Rechnung {invoice}
auf der Rechnung steht eine Position "Servicepauschale" über {amount}, mit der ich nichts anfangen kann. Was ist das und seit wann wird das berechnet?

== normal | Rechnung doppelt
wir haben für dieselbe Lieferung zwei Rechnungen bekommen, {invoice} und {invoice2}. Beide über {amount}. Eine davon ist sicher falsch. Welche soll ich buchen?

== normal bare | Bitte Rechnungskopie
unsere Steuerberaterin vermisst die Rechnung vom {date}. Können Sie mir bitte eine Kopie als PDF schicken?

== high bare | Mahnung trotz Zahlung!
ich habe heute eine zweite Mahnung zu {invoice} im Briefkasten. Die Rechnung ist längst bezahlt, der Kontoauszug liegt bei! Ich erwarte, dass Sie die Mahngebühren zurücknehmen und das sofort richtigstellen.

== normal | Umsatzsteuer falsch
Sie haben uns 19 % Mehrwertsteuer berechnet, wir sitzen aber in Österreich und haben eine UID-Nummer. Bitte stellen Sie die Rechnung korrigiert ohne Steuer neu aus (Reverse Charge).

== normal bare | Gutschrift fehlt
für die Rücksendung im {month} war eine Gutschrift zugesagt. Auf der neuen Rechnung taucht sie nicht auf. Wann wird die verrechnet?

== normal | Bestellnummer auf der Rechnung
unser Rechnungseingang nimmt keine Rechnungen ohne unsere interne Bestellnummer an. Bitte schreiben Sie {invoice} noch einmal mit der Nummer 45{last4} und schicken Sie sie neu.

== normal care | Preiserhöhung auf der Rechnung
die monatliche Rate für den Vertrag {contract} ist ohne Ankündigung um 12 % gestiegen. Im Vertrag ist ein fester Preis für 36 Monate vereinbart. Auf welcher Grundlage berechnen Sie den höheren Betrag?

== low | Rechnungen künftig per Mail
wäre es möglich, dass die Rechnungen künftig nur noch als PDF kommen statt per Post? Spart uns das Scannen.

== normal | XRechnung
als kommunale Einrichtung dürfen wir nur noch elektronische Rechnungen annehmen. Können Sie XRechnung oder ZUGFeRD liefern? Unsere Leitweg-ID reiche ich gern nach.

== normal solo | Rechnung {invoice} stimmt nicht, bitte prüfen

== normal solo | rechnung
was sind das für {amount} auf der letzten rechnung?? wir haben nur 2 packungen bestellt

== normal | Technikereinsatz berechnet
Sie berechnen uns für den Besuch am {date} Anfahrt und eine Arbeitsstunde. Wir haben aber den Vertrag {plan}, da sind Einsätze doch enthalten? Bitte Rechnung prüfen.

== normal | Menge falsch berechnet
laut Lieferschein kamen {some} Packungen, auf der Rechnung stehen doppelt so viele. Bitte korrigieren und eine neue Rechnung senden, vorher zahlen wir nicht.

== normal | Zahlungsziel
auf der Rechnung steht "sofort fällig", vereinbart sind 30 Tage netto. Ist das ein Versehen?

== normal bare | Kontoauszug / offene Posten
für den Jahresabschluss bräuchten wir eine Saldenbestätigung bzw. eine Liste der offenen Posten zum 31.12. Unsere Kundennummer finden Sie unten.

== normal | Rabatt nicht abgezogen
uns wurden im Angebot 8 % Mengenrabatt zugesagt, auf der Rechnung {invoice} fehlt der. Differenz sind rund {amount}. Bitte um korrigierte Rechnung.

== high | Inkasso wegen {amount}??
heute kam ein Schreiben von einem Inkassobüro wegen einer Rechnung, die wir nie erhalten haben. Bis {weekday} sollen wir zahlen. Bitte stoppen Sie das umgehend und schicken Sie uns die Rechnung.

== low | Kleine Rückfrage zur Abrechnung
beim Durchsehen der Rechnungen fiel mir auf, dass der Pfandbetrag mal 2,50 und mal 3,00 Euro ist. Nur interessehalber: woran liegt das?

== normal | Zwei Kostenstellen
wir müssen die Rechnungen künftig nach Kostenstellen trennen. Können Sie {invoice} in zwei Rechnungen aufteilen, je zur Hälfte auf 4100 und 4200?

== normal bare | Fehlende Rechnung
in der Mahnung ist von {invoice} die Rede. Diese Rechnung ist bei uns nie eingegangen. Bitte schicken Sie sie per Mail, dann prüfen und bezahlen wir sie.

== normal | Fremde Rechnung
heute kam eine Rechnung über {amount}, die an uns adressiert ist, aber Bestellungen einer Firma in {city} enthält. Da wurde wohl etwas verwechselt. Bitte stornieren und richtig zuordnen.

== normal | Leihmaschine abgerechnet
für die Leihmaschine während der Reparatur wurde uns eine Miete berechnet. Ihr Techniker hatte gesagt, das sei kostenlos. Bitte klären und die Position gutschreiben.

== normal | Frachtkosten
warum stehen auf der Rechnung 18,90 € Versand? Ab 150 Euro ist die Lieferung laut Ihren Bedingungen doch frei.

== high bare | Mahnstufe 3 ohne eine einzige Rechnung
wir bekommen Mahnungen, aber keine Rechnung. Ich habe jetzt zum dritten Mal darum gebeten. Bitte schicken Sie sie dringend noch diese Woche, bevor das in die Zwangsvollstreckung läuft.

== low | Sammelrechnung
wäre eine monatliche Sammelrechnung statt der vielen kleinen Rechnungen machbar? Wir sind da ganz entspannt, gern zum neuen Geschäftsjahr.

== normal | Rechnungsdatum
für unser Budget müsste die Rechnung noch ins alte Jahr. Die Leistung war im Dezember, das Rechnungsdatum ist der 3. Januar. Können Sie das ändern?

== normal | USt-IdNr. fehlt
auf Ihrer Rechnung fehlt unsere Umsatzsteuer-Identnummer. Ohne die erkennt das Finanzamt sie nicht an. Bitte berichtigte Rechnung ausstellen.

== normal care | Indexklausel
Sie begründen den höheren Monatspreis auf der Rechnung mit einer Indexanpassung. In unserem Vertrag {contract} steht keine solche Klausel. Bitte um Erläuterung oder Rücknahme.

== normal bare | Wo bleibt die Gutschrift?
für die zerbrochenen Gläser hat uns Ihre Mitarbeiterin eine Gutschrift über {amount} zugesagt. Auf der letzten Rechnung wurde sie nicht verrechnet. Bitte die Gutschrift noch ausstellen.

== normal care | Miete teurer als im Vertrag
im Mietvertrag steht eine feste Rate, auf den Rechnungen seit diesem Jahr eine höhere. Einer Preisanpassung haben wir nie zugestimmt. Wie kommt der Betrag zustande?
`,
  evaluation: `
== normal | Unklare Position auf der Rechnung
was bedeutet "Bereitstellung monatlich" mit {amount} auf unserer letzten Rechnung? Im Angebot stand davon nichts. Ich kann die Rechnung so nicht freigeben.

== normal | Rechnung zweimal erhalten
kann es sein, dass Sie uns den März doppelt berechnet haben? Wir haben {invoice} und eine zweite Rechnung mit gleichem Datum und Betrag bekommen.

== high bare | Mahnung unberechtigt
Sie schicken uns eine Mahnung für eine Rechnung, die wir am {date} überwiesen haben, und drohen mit Liefersperre. Bitte nehmen Sie die Mahnung und die Gebühr zurück. Ohne Belieferung steht hier diese Woche der Betrieb.

== normal bare | Rechnungskopie für das Finanzamt
wir brauchen alle Rechnungen aus dem Vorjahr noch einmal als PDF, die Ablage war bei uns unvollständig.

== normal | Steuersatz
auf der Rechnung {invoice} ist für den Kaffee der volle Steuersatz ausgewiesen, sonst waren es immer 7 Prozent. Ist das richtig? Wenn nicht, bitte berichtigte Rechnung.

== normal bare | Versprochene Gutschrift
Ihre Kollegin hatte uns im {month} eine Gutschrift über {amount} für die kaputten Tassen versprochen. Bisher ist nichts eingegangen und auch nichts verrechnet worden.

== normal care | Rate höher als vereinbart
im Mietvertrag {contract} steht ein anderer Monatsbetrag als auf den Rechnungen seit Januar. Haben Sie den Preis einfach angehoben? Dazu haben wir nie etwas unterschrieben.

== low | Rechnungsversand
bitte schicken Sie Rechnungen ab dem nächsten Quartal an rechnung@ statt an mich persönlich. Hat Zeit.

== normal solo | Rechnungsbetrag?
Hallo, Rechnung {invoice} über {amount}, bestellt war die Hälfte. Bitte mal nachschauen.

== normal | Techniker trotz Vertrag berechnet
wieso bekommen wir für die Reparatur vom {date} eine Rechnung? Wir zahlen doch jeden Monat für das Paket {plan}, darin ist laut Ihrem Verkäufer alles drin.
`,
  trainingDetails: `
Die Rechnung hängt an.
Rechnungsbetrag: {amount}, Rechnungsdatum {date}.
Bis zur Klärung halten wir die Zahlung zurück.
Bitte antworten Sie direkt an unsere Buchhaltung.
Unsere Buchhaltung kann das so nicht verbuchen.
Für Rückfragen erreichen Sie mich vormittags.
Es geht um die Rechnung {invoice}.
`,
  evaluationDetails: `
Ich habe die Rechnung als Anhang beigefügt.
Wir zahlen, sobald das geklärt ist.
Der Rechnungsprüfer bei uns braucht das schriftlich.
Fällig wäre der Betrag am {soon}.
Bitte stellen Sie gegebenenfalls eine neue Rechnung aus.
`,
});
