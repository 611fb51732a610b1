/** German tickets about deliveries that are late, incomplete or lost on the way. */
import { categoryTexts } from "../template.ts";

export const deliveryDelayDe = categoryTexts("delivery_delay", "de", {
  training: `
== normal | Bestellung {order} noch nicht da
wir haben am {date} bei Ihnen {some} kg {beans} bestellt und bis heute ist nichts angekommen. Laut Bestätigung sollte die Lieferung nach drei Werktagen bei uns sein.
Wo ist das Paket?

== normal | Lieferstatus
können Sie mir bitte sagen, wann mit der Lieferung zu {order} zu rechnen ist? Im Portal steht seit einer Woche nur "in Bearbeitung".

== normal | Sendung {tracking} hängt fest
die Sendungsverfolgung zeigt seit {weekday} "Depot {city}" und es tut sich nichts mehr. Ist das Paket verloren gegangen? Wir brauchen die Bohnen langsam.

== high | WO BLEIBT UNSER KAFFEE???
Zweimal schon wurde der Liefertermin verschoben, zweimal stand ich umsonst am Tor. Die Büroküche ist seit Montag leer und ich muss mir von 80 Kollegen anhören, dass ich es nicht hinbekomme. Bitte JETZT eine verbindliche Ansage!

== normal | Teillieferung {order}
heute kam ein Karton von dreien. Es fehlen noch die Milchpulver-Beutel und die Becher. Auf dem Lieferschein steht alles drauf, aber geliefert wurde nur ein Teil. Kommt der Rest nach?

== high technical | Liefertermin {machine} mit Aufstellung
für {weekday} war die Anlieferung und Aufstellung unserer neuen {machine} zugesagt, zwischen 8 und 12 Uhr. Niemand kam, niemand rief an. Der Elektriker war extra da und hat uns jetzt umsonst eine Stunde berechnet. Wann kommen Ihre Leute mit der Maschine?

== normal | Paket angeblich zugestellt
laut Paketdienst wurde unsere Sendung am {date} um {time} Uhr "an einen Nachbarn" übergeben. Wir haben hier keine Nachbarn, wir sitzen allein im Gewerbegebiet. Am Empfang wurde auch nichts abgegeben. Bitte forschen Sie nach.

== low | Frage zum Liefertermin
ich wollte nur kurz hören, ob die Lieferung für {month} schon eingeplant ist. Es eilt nicht, wir haben noch genug Kaffee im Lager.

== normal | Lieferung an falsche Adresse unterwegs?
in der Versandbestätigung steht noch unser altes Büro in {city}. Wir sind im Januar umgezogen und haben das auch gemeldet. Kann die Sendung noch umgeleitet werden, oder kommt sie jetzt zurück zu Ihnen?

== normal solo | wann kommt {order}
hallo wann kommt denn die bestellung. danke

== normal solo | Lieferung {order} überfällig, bitte um Rückmeldung

== high | Dritte Nachfrage Lieferrückstand {order}
auf meine Mails vom {date} und letzter Woche kam nur eine Eingangsbestätigung. Die Bestellung ist seit drei Wochen überfällig. Nennen Sie uns bitte heute einen verbindlichen Liefertermin, sonst kaufen wir woanders.

== normal | Dauerauftrag Bohnen nicht geliefert
normalerweise kommt unsere Monatslieferung immer in der ersten Woche. Diesen Monat kam gar nichts, und eine Versandmail habe ich auch nicht bekommen. Wurde das vergessen oder gibt es Lieferschwierigkeiten?

== normal | Spedition ohne Avis
die Spedition sollte uns vor der Anlieferung der Palette anrufen. Jetzt hängt ein Zettel an der Tür, dass niemand angetroffen wurde. Natürlich nicht, um halb sieben morgens ist hier keiner. Wie bekommen wir einen zweiten Zustellversuch mit Uhrzeit?

== normal | Liefertermin verpasst
Ihr Fahrer war wohl am Freitag um 15 Uhr da, wir schließen aber um 14 Uhr. Das steht so in unserem Kundenkonto. Bitte neuen Termin für die Anlieferung mitteilen, gern vormittags.

== urgent still | Eilt! Kaffee für Kongress morgen fehlt
die Expresslieferung {order} für unseren Kongress ist nicht da. Morgen früh um 8 stehen hier {many} Teilnehmer. Die Hotline des Paketdienstes weiß von nichts. Bitte rufen Sie mich sofort an, egal wie spät es ist!

== normal | Zollformalitäten?
unsere Sendung in die Schweiz liegt laut Tracking {tracking} seit einer Woche beim Zoll. Fehlt da eine Unterlage von Ihnen? Bisher ging das immer in zwei Tagen durch.

== normal | Lieferzeit {machine}
im Angebot stand für die {machine} eine Lieferzeit von vier Wochen. Das ist nun sechs Wochen her. Ich hätte gern einen neuen Termin, an den man sich halten kann.

== low | Lieferung darf später kommen
wir haben vom {soon} bis Ende des Monats Betriebsurlaub. Falls die Bestellung {order} noch nicht raus ist, dürfen Sie sie gern zwei Wochen später liefern.

== normal | Abholschein ohne Paket
wir sollten die Sendung in der Filiale in {city} abholen, dort liegt aber nichts für uns. Der Paketdienst sagt, sie sei auf dem Rückweg zum Absender. Bitte noch einmal losschicken.

== normal | Express bezahlt, Standard bekommen
für {order} haben wir den Expresszuschlag bezahlt. Das Paket ist nach fünf Tagen immer noch unterwegs. Wann kommt es, und wird der Zuschlag erstattet?

== normal | Ausverkauft oder vergessen?
in der Auftragsbestätigung steht bei den Bechern "Rückstand". Ist absehbar, wann die wieder lieferbar sind und an uns rausgehen?

== high | Praxis ohne Kaffee, Lieferung seit Tagen angekündigt
jeden Morgen bekomme ich dieselbe Nachricht, die Zustellung erfolge heute. Wir brauchen die Ware dringend, unsere Patienten fragen schon. Ich bitte um Klärung mit dem Paketdienst noch in dieser Woche.

== normal | Lkw passt nicht durch die Einfahrt
der Fahrer ist heute mit einem 12-Tonner gekommen und unverrichteter Dinge wieder gefahren. Bitte schicken Sie die Palette mit einem kleineren Fahrzeug noch einmal.

== normal | Wann wird nachgeliefert?
die erste Hälfte von {order} ist da, die zweite sollte am {date} folgen. Bis jetzt ist keine Nachlieferung angekommen und keine Sendungsnummer vorhanden.

== low | Liefertag künftig Mittwoch?
könnte unsere regelmäßige Lieferung ab Sommer mittwochs kommen? Montags ist unser Lager nicht besetzt. Es ist nicht dringend.

== urgent still | Lieferung muss HEUTE noch kommen
morgen Vormittag beginnt unser Tag der offenen Tür mit {many} Besuchern, und die bestellte Ware ist laut Tracking noch in {city}. Das ist ein Notfall, bitte organisieren Sie sofort einen Kurier.

== normal | Sendung als verloren gemeldet
der Paketdienst hat uns mitgeteilt, dass {tracking} verloren gegangen ist. Ein Nachforschungsauftrag müsse vom Absender kommen. Starten Sie den bitte, und liefern Sie neu?

== normal | Keine Versandbestätigung
wir haben letzte Woche bestellt und weder eine Versandmail noch eine Sendungsnummer erhalten. Ist die Bestellung überhaupt bei Ihnen angekommen?

== normal | Annahme angeblich verweigert
im Tracking steht "Annahme verweigert". Bei uns war aber kein Fahrer. Bitte veranlassen Sie, dass die Sendung noch einmal zugestellt wird, und nennen Sie uns den Tag.

== low | Nur zur Planung
geht unsere Bestellung noch vor Ostern raus oder erst danach? Beides wäre recht, ich will nur wissen, wer die Pakete annimmt.
`,
  evaluation: `
== normal | Wo ist unsere Bestellung vom {date}?
seit zehn Tagen warten wir auf unsere Bohnen. Es hieß, die Ware sei auf Lager und gehe sofort raus. Können Sie bitte nachsehen, was mit der Bestellung {order} los ist?

== normal | Paketverfolgung bewegt sich nicht
der Link in Ihrer Versandmail führt zu einer Sendung, die angeblich "elektronisch angekündigt" ist, und das seit Tagen. Hat das Paket Ihr Lager überhaupt verlassen?

== normal | Unvollständig angekommen
von unserer Bestellung fehlt die Hälfte: {some} Packungen Crema sind da, die {beans} und der Kakao nicht. Kommt da noch ein zweites Paket oder wurde das vergessen?

== high | Lieferung zum wiederholten Mal verspätet
die Lieferung ist schon wieder überfällig, und auf unsere Nachfragen reagiert keiner. Ab {weekday} sitzen wir komplett ohne Kaffee da. Wir erwarten heute noch einen festen Termin.

== normal | Zustellung gescheitert
wir haben eine Benachrichtigung vom Paketdienst, dass die Zustellung gescheitert ist, weil die Anschrift unvollständig war. Auf dem Etikett fehlte der Hinterhof-Eingang. Schicken Sie das Paket nochmal los?

== high technical | Neue Maschine nicht geliefert
eigentlich sollte gestern die {machine} geliefert und von Ihrem Monteur angeschlossen werden. Wir haben die Küche dafür extra leergeräumt. Es kam niemand. Ich brauche schnell einen Ersatztermin, die alte Maschine wurde schon abgeholt und 60 Leute haben keinen Kaffee.

== normal solo | Lieferung??
Moin, {order} sollte letzte Woche kommen. Is nix da. Gruß aus {city}

== normal | Annahme verweigert?
der Spediteur behauptet, wir hätten die Annahme der Palette verweigert. Das stimmt nicht, es war niemand hier. Bitte veranlassen Sie eine erneute Anlieferung und nennen Sie uns vorab den Tag.

== low | Kurze Frage zum Versand
wird unsere Sammelbestellung noch vor den Feiertagen verschickt? Reicht auch danach, ich möchte nur planen, wer das Paket annimmt.

== urgent still | Lieferung für Veranstaltung nicht angekommen!
die {some} kg Espresso für unsere Hausmesse sind nicht gekommen, obwohl der Liefertermin heute bestätigt war. Morgen erwarten wir {many} Besucher. Können Sie heute noch einen Kurier schicken?

== normal | Lieferung {order} fehlt immer noch, bitte melden
`,
  trainingDetails: `
Bestellt haben wir ganz normal über den Shop.
In der Auftragsbestätigung stand ein Liefertermin vom {date}.
Unsere Bestellnummer ist {order}.
Geliefert wird bei uns immer ins Erdgeschoss.
Geliefert werden soll wie immer an den Wareneingang, Tor 2.
Bisher hat das mit dem Versand immer gut geklappt.
Der Paketdienst verweist nur auf den Absender.
`,
  evaluationDetails: `
Eine Versandbestätigung mit Trackingnummer haben wir erhalten ({tracking}).
Am Empfang ist von 7 bis 18 Uhr jemand für die Annahme da.
Der zugesagte Termin war der {date}.
Der Empfang weiß Bescheid.
Beim letzten Mal war das Paket nach zwei Tagen da.
`,
});
