/** German tickets about payments that bounced, were taken twice, or did not go through in the shop. */
import { categoryTexts } from "../template.ts";

export const paymentFailedDe = categoryTexts("payment_failed", "de", {
  training: `
== normal | Lastschrift zurückgegangen
Sie haben uns mitgeteilt, dass die Abbuchung über {amount} nicht eingelöst wurde. Das Konto war gedeckt. Können Sie den Einzug bitte noch einmal versuchen?

== high | Doppelt abgebucht!
am {date} haben Sie {amount} gleich zweimal von unserem Konto abgebucht. Bitte überweisen Sie den zweiten Betrag umgehend zurück, sonst lassen wir ihn über die Bank zurückholen.

== normal orders | Kreditkarte wird nicht angenommen
im Shop bricht die Zahlung mit der Firmenkreditkarte jedes Mal mit "Zahlung fehlgeschlagen" ab. Die Karte funktioniert überall sonst. Woran liegt das?

== normal | Neue Bankverbindung
wir haben die Bank gewechselt. Bitte buchen Sie ab sofort vom neuen Konto ab, das alte (endet auf {last4}) wird Ende des Monats geschlossen. Brauchen Sie ein neues SEPA-Mandat?

== normal | Überweisung kam zurück
unsere Überweisung für {invoice} ist zurückgekommen, Grund: "Konto erloschen". Haben Sie eine neue Bankverbindung? Auf der Rechnung steht noch die alte.

== high | Falscher Betrag eingezogen
eingezogen wurden {amount}, die Rechnung {invoice} lautet aber nur auf einen Bruchteil davon. Das reißt uns ein Loch ins Konto. Bitte erstatten Sie die Differenz sofort.

== normal orders | Zahlung per Rechnung nicht mehr möglich
beim Bezahlen wird mir nur noch Vorkasse angeboten, der Kauf auf Rechnung ist ausgegraut. Bisher ging das immer. Ich kann so keine Bestellung abschließen.

== normal | Rücklastschriftgebühr
Sie berechnen uns 8,50 € für eine Rücklastschrift. Die Bank sagt, bei ihr sei gar kein Einzugsversuch angekommen. Bitte prüfen Sie das.

== normal orders | PayPal hängt
nach der Anmeldung bei PayPal lande ich auf einer weißen Seite. Der Betrag wurde reserviert, die Bestellung taucht bei Ihnen aber nicht auf. Ist sie nun bezahlt oder nicht?

== normal solo | Zahlung geht nicht
karte wird abgelehnt, 3x probiert, verschiedene browser. bitte um hilfe

== normal solo | Lastschrift vom {date} zurückgebucht, bitte erneut einziehen

== normal | Skonto und Abbuchung
vereinbart ist, dass Sie per Lastschrift mit 2 % Skonto abbuchen. Eingezogen wurde aber der volle Betrag. Bitte den Unterschied erstatten oder beim nächsten Einzug abziehen.

== normal | SEPA-Mandat
wir finden das SEPA-Mandat nicht mehr, das Sie uns zur Unterschrift geschickt haben. Ohne das Mandat lässt unsere Bank die Abbuchung nicht zu. Bitte noch einmal senden.

== high | Shop gesperrt wegen Zahlung
unser Kundenkonto ist gesperrt, weil angeblich eine Zahlung offen ist. Die Überweisung über {amount} ist seit dem {date} bei Ihnen, Beleg anbei. Wir können seit Tagen nichts bestellen!

== normal | Zahlung falsch zugeordnet
wir haben {amount} überwiesen und versehentlich die falsche Rechnungsnummer angegeben. Können Sie den Betrag bitte auf {invoice} umbuchen?

== normal | Rückzahlung nicht eingegangen
die Erstattung für unsere Retoure sollte in fünf Tagen auf dem Konto sein. Inzwischen sind drei Wochen vergangen und es ist nichts gutgeschrieben worden.

== low | Zahlungsart umstellen
wir würden gern von Lastschrift auf Überweisung wechseln. Eine Umstellung zum nächsten Quartal reicht völlig.

== normal | Kreditkarte abgelaufen
die hinterlegte Karte für unser Bohnen-Abo ist abgelaufen, deshalb konnten Sie wohl nicht abbuchen. Die neue Karte lässt sich im Portal nicht speichern. Wie machen wir das?

== urgent still | Unbekannte Abbuchungen!
in der letzten Nacht sind fünf Zahlungen über unsere bei Ihnen gespeicherte Karte gelaufen, die niemand von uns ausgelöst hat. Das sieht nach Betrug aus. Bitte sperren Sie die Karte sofort!

== normal | Valuta
Sie haben die Lastschrift eine Woche vor der Fälligkeit gezogen, da war das Konto noch nicht gedeckt. Bitte buchen Sie zum richtigen Datum noch einmal ab.

== normal | Bank meldet Fehler im Mandat
unsere Bank hat den Einzug mit dem Code "MD01, kein gültiges Mandat" zurückgegeben. Liegt Ihnen unser Mandat vor? Falls nicht, bitte neues zusenden.

== high | Dreimal belastet
unsere Firmenkarte wurde am {date} dreimal mit {amount} belastet, bestellt haben wir einmal. Die Karte ist jetzt am Limit. Bitte die doppelten Buchungen dringend zurückerstatten.

== normal orders | 3-D Secure
nach der Freigabe in der Banking-App springt der Shop zurück in den Warenkorb, ohne zu bezahlen. Das passiert mit jeder Karte. Ist an Ihrer Bezahlseite etwas kaputt?

== normal | Guthaben auszahlen
aus einer Überzahlung steht noch ein Guthaben von {amount} bei Ihnen. Bitte überweisen Sie es auf unser Konto zurück, statt es zu verrechnen.

== normal | Zahlungseingang
ist unsere Überweisung vom {date} bei Ihnen angekommen? Die Bank hatte an dem Tag eine Störung, und ich möchte nicht doppelt zahlen.

== low | Lastschrift gewünscht
bisher überweisen wir jede Rechnung einzeln. Wir würden gern irgendwann auf SEPA-Lastschrift umstellen, schicken Sie mir dafür gelegentlich das Formular.

== normal orders | Gutscheincode
beim Bezahlen wird der Gutschein angenommen, danach bleibt die Kasse mit einem drehenden Rad hängen. Ohne Gutschein geht es. Mache ich etwas falsch?

== high | Kurz vor Mahnbescheid trotz Zahlung
Sie schreiben, unsere Zahlung sei nicht eingegangen. Sie wurde am {date} ausgeführt, Beleg der Bank anbei. Bitte ordnen Sie das Geld dringend zu und entsperren Sie die Belieferung.

== normal | Konto aufgelöst
das Konto, von dem Sie abbuchen, gibt es nicht mehr. Deshalb die Rückgabe. Die neue IBAN schicke ich Ihnen lieber telefonisch, wer ist zuständig?

== normal | Abbuchung nicht ausgeführt
Sie schreiben, die Abbuchung sei geplatzt. Auf unserem Konto war mehr als genug Geld, die Bank findet keinen Vorgang. Bitte den Betrag von {amount} erneut abbuchen.

== normal | Erstattung fehlt
die Rückzahlung für die zurückgegebene Ware ist noch nicht auf unserem Konto. Wann überweisen Sie das Geld?

== high | Zu viel abgebucht
die Karte wurde zweimal belastet, obwohl es nur eine Bestellung gab. Bitte überweisen Sie die zu viel gezahlten {amount} dringend zurück.
`,
  evaluation: `
== normal | Abbuchung geplatzt
laut Ihrem Schreiben konnte der Betrag von {amount} nicht abgebucht werden. Bei unserer Bank weiß man davon nichts, Geld war genug da. Bitte buchen Sie noch einmal ab.

== high | Zweimal bezahlt
für die Bestellung {order} wurde unsere Kreditkarte zweimal mit {amount} belastet. Wir möchten das zu viel gezahlte Geld sofort zurück.

== normal orders | Checkout bricht ab
an der Kasse im Shop kommt nach Eingabe der Kartendaten nur "Es ist ein Fehler aufgetreten". Andere Karte, gleiches Ergebnis. So kann ich nicht bezahlen.

== normal | Kontowechsel
ab {month} gilt bei uns eine neue Bankverbindung, die alte IBAN endet auf {last4}. Bitte ändern Sie das für den Lastschrifteinzug. Schicken Sie mir dazu ein Formular?

== normal | Überweisung abgewiesen
unsere Bank hat die Zahlung an Sie abgewiesen, weil Name und IBAN nicht zusammenpassen. Stimmt die Kontonummer auf der Rechnung {invoice} noch?

== normal solo | zahlung
die zahlung im shop klappt nicht, karte geht aber sonst. was mach ich falsch

== normal | Erstattung steht aus
die Rückzahlung für die stornierte Bestellung ist immer noch nicht auf unserem Konto. Wann wird das Geld überwiesen?

== normal orders | Nur Vorkasse möglich
warum kann ich plötzlich nicht mehr auf Rechnung zahlen? Im Warenkorb steht nur noch Vorkasse und PayPal.

== low | Umstellung auf Überweisung
perspektivisch möchten wir nicht mehr per Lastschrift zahlen. Sagen Sie mir bei Gelegenheit, was dafür nötig ist.

== high | Konto wegen offener Zahlung gesperrt
wir können nicht mehr bestellen, angeblich ist {invoice} nicht bezahlt. Das Geld ging am {date} raus, der Beleg liegt bei. Bitte heute noch freischalten, uns geht der Kaffee aus.
`,
  trainingDetails: `
Der Kontoauszug liegt bei.
Unser Konto endet auf {last4}.
Die Bank sieht auf ihrer Seite keinen Fehler.
Betroffen ist die Zahlung vom {date}.
Den Zahlungsbeleg füge ich bei.
Für Rückfragen der Bank bin ich zuständig.
`,
  evaluationDetails: `
Einen Beleg der Bank kann ich mitschicken.
Es geht um {amount} vom {date}.
Mit anderen Lieferanten gab es keine Zahlungsprobleme.
Unsere Buchhaltung kann dazu Auskunft geben.
`,
});
