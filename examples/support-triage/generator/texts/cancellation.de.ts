/** German tickets about ending a contract or subscription, or withdrawing an order. */
import { categoryTexts } from "../template.ts";

export const cancellationDe = categoryTexts("cancellation", "de", {
  training: `
== normal | Kündigung Vertrag {contract}
hiermit kündigen wir den oben genannten Servicevertrag fristgerecht zum nächstmöglichen Zeitpunkt. Bitte bestätigen Sie uns die Kündigung und das Vertragsende schriftlich.

== normal | Kündigung wegen Büroauflösung
unser Standort in {city} wird zum {soon} geschlossen. Damit brauchen wir die Mietmaschine nicht mehr. Bitte teilen Sie uns mit, wann der Vertrag endet und wer das Gerät abholt.

== normal orders bare | Stornierung {order}
bitte stornieren Sie unsere Bestellung {order}, sie wurde versehentlich doppelt ausgelöst. Die erste soll natürlich geliefert werden.

== normal orders bare | Bestellung widerrufen
ich habe gestern die falsche Bohnensorte bestellt und möchte die Bestellung zurückziehen, bevor sie verschickt wird. Geht das noch?

== high | Letzte Aufforderung: Kündigungsbestätigung
unsere Kündigung vom {date} haben Sie bis heute nicht bestätigt, stattdessen buchen Sie weiter ab. Schicken Sie die Bestätigung bis {weekday}, sonst lassen wir alle Abbuchungen zurückgehen.

== normal | Bohnen-Abo beenden
bitte beenden Sie unser Abo zum Monatsende. Wir sind auf einen Röster aus der Region umgestiegen. Die Maschine samt Vertrag behalten wir.

== low | Kündigungsfrist
welche Kündigungsfrist gilt für unseren Vertrag? Wir haben noch nichts entschieden und wollen nur für das Budget im kommenden Jahr Bescheid wissen.

== urgent still | Fristlose Kündigung
trotz vier Reparaturversuchen läuft die {machine} nicht. Wir kündigen den Vertrag {contract} fristlos. Unser Anwalt, Dr. Veit, hat den Vorgang übernommen und wird Ihnen eine Frist bis {soon} setzen.

== normal | Rücktritt vom Kaufvertrag
die Lieferung der {machine} ist jetzt zum dritten Mal verschoben worden. Wir treten vom Kauf zurück und bitten um Rückzahlung der Anzahlung von {amount}.

== normal solo | kündigung
hiermit kündige ich mein abo. bitte um bestätigung. {customer}

== normal solo | Kündigung zum Jahresende {contract}

== normal orders bare | Bitte Auftrag stoppen
falls die Bestellung {order} noch nicht im Versand ist: bitte anhalten und löschen, die Kollegin in der Filiale hatte schon bestellt.

== normal | Sonderkündigungsrecht
Sie haben uns eine Preiserhöhung zum {month} mitgeteilt. Davon machen wir keinen Gebrauch, sondern kündigen nach Ziffer 9 Ihrer Bedingungen zum selben Termin.

== normal | Vertrag nicht verlängern
wir möchten die automatische Verlängerung unseres Mietvertrags um weitere 12 Monate ausschließen. Bitte nehmen Sie diese Mail als Kündigung zum Ende der Laufzeit.

== normal | Insolvenz unserer Tochterfirma
für die Tochtergesellschaft in {city} wurde das Verfahren eröffnet. Als Verwalter kündigen wir alle dort laufenden Verträge und bitten um eine Aufstellung.

== normal bare | Kündigung zurücknehmen
wir haben letzte Woche den Servicevertrag gekündigt. Die Geschäftsführung hat es sich anders überlegt, lässt sich die Kündigung noch rückgängig machen?

== high | Abo gekündigt, trotzdem beliefert
obwohl wir das Bohnen-Abo vor zwei Monaten gekündigt haben, wurde schon wieder geliefert und abgebucht. Bitte Abo jetzt wirklich beenden, Ware abholen und {amount} erstatten!

== normal orders bare | Testmaschine zurückgeben
die Teststellung der {machine} möchten wir nicht übernehmen. Bitte stornieren Sie den anschließenden Kauf und holen Sie das Gerät wieder ab.

== normal | Vertrag auslaufen lassen
bitte merken Sie vor, dass wir den Mietvertrag {contract} nicht fortführen. Wir kündigen hiermit vorsorglich zum Ende der Mindestlaufzeit.

== normal orders bare | Bitte nicht mehr versenden
die Bestellung von heute Vormittag hat sich erledigt, der Kunde hat seine Veranstaltung abgesagt. Stornieren Sie {order} bitte komplett.

== normal | Todesfall
der Inhaber unserer Kanzlei ist verstorben, die Kanzlei wird aufgelöst. Wir kündigen den Servicevertrag zum nächstmöglichen Termin und bitten um Mitteilung, was noch zu tun ist.

== normal | Probezeit des Abos
wir beenden das Probe-Abo, der Kaffee trifft nicht unseren Geschmack. Bitte keine automatische Verlängerung.

== high | Kündigung vom {date} immer noch ohne Antwort
ich erinnere zum dritten Mal an unsere Kündigung. Die Frist läuft in dieser Woche ab, wir brauchen dringend Ihre Bestätigung.

== normal orders bare | Auftrag zurückziehen
unsere Bestellung {order} über die neue Maschine wurde intern nicht genehmigt. Bitte betrachten Sie den Auftrag als zurückgezogen.

== low | Wie kündigt man eigentlich?
muss eine Kündigung bei Ihnen per Post kommen, oder reicht eine Mail? Aktuell ist nichts geplant, ich frage nur für unsere Unterlagen.

== normal | Kündigung einer von drei Maschinen
von unseren drei Mietgeräten kündigen wir eines zum Quartalsende, die Seriennummer ist {serial}. Die beiden anderen Verträge laufen weiter.

== normal orders bare | Umgezogen, bitte Order canceln
bitte die Nachlieferung zu {order} canceln, wir haben die Artikel inzwischen vor Ort gekauft und brauchen sie nicht mehr.

== normal | Niederlassung schließt
wir machen die Niederlassung in {city} zu und kündigen daher den Mietvertrag für die {machine} zum {soon}. Bitte sagen Sie uns, wie die Rückgabe der Maschine abläuft.

== normal orders solo | Storno {order}
Hallo, ich hab mich verklickt, bitte die Bestellung stornieren, danke!

== normal orders bare | Widerruf der Bestellung
ich widerrufe die Bestellung {order} von gestern. Da noch nichts verschickt ist, bitte einfach aus dem System nehmen.
`,
  evaluation: `
== normal | Kündigung unseres Servicevertrags
wir kündigen unseren Vertrag zum Ende der Laufzeit. Ich bitte um eine kurze schriftliche Bestätigung mit dem Enddatum.

== normal orders bare | Bestellung stornieren
können Sie {order} bitte stornieren? Ich habe mich in der Menge vertan, wir brauchen {some} Packungen und nicht {many}.

== normal | Abo kündigen
unser Kaffee-Abonnement soll zum {month} enden, wir trinken das Kontingent nicht mehr auf. Bitte keine weitere Lieferung danach.

== normal | Mietmaschine zurückgeben
wegen der Schließung unserer Niederlassung kündigen wir die gemietete {machine}. Wie läuft die Rückgabe ab und wann endet der Vertrag?

== high | Kündigung wird ignoriert
zweimal habe ich gekündigt, einmal per Brief und einmal per Fax, und Sie buchen munter weiter ab. Ich verlange eine Bestätigung der Kündigung bis {weekday}.

== low | Frage zur Kündigungsfrist
mich würde interessieren, bis wann wir den Vertrag kündigen müssten. Konkret ist noch nichts, ich sammle nur Termine.

== normal solo | Storno
bitte {order} stornieren, falsch geklickt, sorry

== normal orders bare | Widerruf
hiermit widerrufe ich meine Bestellung vom {date}. Die Ware ist noch nicht verschickt, daher sollte das kein Problem sein.

== urgent still | Außerordentliche Kündigung
wir kündigen aus wichtigem Grund mit sofortiger Wirkung. Die Rechtsanwälte unserer Gesellschaft haben Ihnen dazu heute geschrieben; die Frist läuft am {soon} ab.

== normal | Keine Verlängerung
bitte verlängern Sie unseren Mietvertrag nicht, wir möchten zum Ablauf aussteigen. Das ist unsere ordentliche Kündigung.

== normal | Kündigung {contract} zum {soon}, bitte bestätigen
`,
  trainingDetails: `
Bitte bestätigen Sie den Eingang dieser Kündigung.
Das SEPA-Mandat widerrufen wir zum selben Datum.
Von Rückwerbeanrufen bitte ich abzusehen.
Vertragsnummer {contract}.
Die Gründe sind rein intern.
Bitte nichts mehr liefern oder abbuchen.
`,
  evaluationDetails: `
Eine Bestätigung per Mail reicht uns.
Mit Ihrem Service hat das nichts zu tun.
Bitte sehen Sie von Anrufen Ihres Vertriebs ab.
Danach soll nichts mehr abgebucht werden.
`,
});
