/** German tickets about visits of a technician: wanted, moved, confirmed, missed. */
import { categoryTexts } from "../template.ts";

export const maintenanceAppointmentDe = categoryTexts("maintenance_appointment", "de", {
  training: `
== normal | Wartungstermin {machine}
laut Display sind die 10.000 Bezüge erreicht und die Maschine verlangt eine Wartung. Wann könnte ein Techniker zu uns nach {city} kommen?

== normal | Termin verschieben
den Wartungstermin am {soon} um {time} Uhr müssen wir leider absagen, da ist unser Büro geschlossen. Haben Sie in der Woche darauf etwas frei?

== high | Techniker nicht erschienen
für heute war der Techniker zwischen 8 und 12 Uhr angekündigt. Es ist jetzt halb zwei und niemand ist da, niemand hat angerufen. Ich habe dafür extra einen Kollegen abgestellt. Wir brauchen noch diese Woche einen neuen Termin.

== normal | Terminbestätigung
können Sie mir den Servicetermin am {soon} bitte noch schriftlich bestätigen? Am Telefon hieß es "vormittags", ich bräuchte eine ungefähre Uhrzeit für die Anmeldung an der Pforte.

== low | Jährliche Wartung
unsere jährliche Wartung wäre im {month} fällig. Melden Sie sich einfach, wenn Sie ohnehin in der Gegend sind, das passt uns dann schon.

== normal | Filterwechsel vor Ort
Ihr Techniker sollte beim nächsten Besuch auch gleich den Wasserfilter tauschen. Wann steht der nächste Termin bei uns an?

== normal care | Ist die Wartung im Vertrag enthalten?
bevor wir einen Termin ausmachen: Ist die jährliche Inspektion in unserem Vertrag {plan} enthalten, oder kostet der Besuch extra?

== normal | Besuch nur mit Anmeldung
unser Gelände ist gesichert. Der Servicetechniker muss sich mindestens zwei Tage vorher mit Name und Kennzeichen anmelden. Bitte geben Sie mir die Daten für den Termin am {soon}.

== normal solo | wartung
wann kommt der techniker? termin war für {weekday} ausgemacht

== normal solo | Bitte um Wartungstermin im {month}, {machine}, {serial}

== normal | Termin bitte nur nachmittags
vormittags haben wir Patienten, da ist die Küche nicht zugänglich. Können Sie die Wartung auf einen Nachmittag nach 14 Uhr legen?

== normal | Zwei Maschinen, ein Termin
wir haben zwei Geräte im Haus, und Sie haben dafür zwei Wartungstermine in verschiedenen Wochen angesetzt. Lässt sich das zusammenlegen?

== normal | Wasserhärte messen
seit der Umstellung der Stadtwerke ist das Wasser hier viel härter. Wir hätten gern einen Besuch, bei dem jemand die Härte misst und die Maschine neu einstellt.

== high | Wartung seit Monaten überfällig
die Wartung hätte im {month} stattfinden sollen. Dreimal wurde verschoben, immer von Ihrer Seite. Die Maschine sperrt sich in drei Tagen von selbst. Bitte JETZT einen Termin, der auch gehalten wird.

== normal | Techniker kommt wann genau
auf Ihrer Karte steht nur "{weekday}". Können Sie das Zeitfenster für den Technikerbesuch etwas eingrenzen? Ich sitze nicht den ganzen Tag in der Küche.

== low | Termin im Sommer
wir planen schon mal den Sommer: Ein Wartungstermin im Juli oder August wäre schön, der genaue Tag ist egal.

== normal | Inbetriebnahme nach Umzug
die Maschine ist nach dem Umzug in den neuen Räumen angekommen. Für den Anschluss und die Einstellung brauchen wir einen Techniker. Wann wäre das möglich?

== normal | Einweisung der Kollegen
könnte bei der nächsten Wartung jemand unseren drei neuen Kolleginnen die tägliche Reinigung zeigen? Bitte etwas mehr Zeit für den Termin einplanen.

== normal | Ersatztermin
den vereinbarten Termin am {weekday} haben Sie per Mail abgesagt, einen neuen aber nicht genannt. Wann kommt der Techniker stattdessen?

== normal | Termin im laufenden Betrieb?
wie lange dauert so eine Wartung bei der {machine}, und ist die Maschine in der Zeit nutzbar? Davon hängt ab, welchen Tag wir Ihnen für den Besuch vorschlagen.

== normal | Wartung vor der Messe
vor unserer Hausmesse Ende {month} hätten wir gern noch einen Wartungstermin, damit die Maschine durchhält. Welche Tage sind frei?

== high | Schon wieder abgesagt
gestern Abend um sechs wurde der Technikertermin für heute früh abgesagt, zum zweiten Mal. Unsere Wartung ist überfällig, und wir brauchen dringend einen verlässlichen Termin noch diese Woche.

== low | Nächster Turnus
nach meinen Unterlagen wäre die nächste Inspektion im {month} an der Reihe. Melden Sie sich, wenn Ihr Kalender so weit ist, wir haben keine Eile.

== normal | Techniker braucht Sicherheitsunterweisung
Besucher in unserem Werk müssen vor Ort eine Unterweisung von 20 Minuten machen. Bitte bei der Terminplanung für den Servicebesuch berücksichtigen.

== normal | Feiertag
Ihr Terminvorschlag fällt bei uns in Bayern auf einen Feiertag. Bitte nennen Sie uns einen anderen Tag für die Wartung.

== normal care | Zählt der Besuch zu den Inklusivterminen?
in unserem Vertrag sind zwei Wartungen im Jahr frei. Wäre der Termin am {soon} der zweite oder schon der dritte? Einen dritten möchten wir nicht bezahlen.

== normal | Rückruf der Disposition
Ihre Terminabteilung hat mich auf Band gesprochen, die Nummer war aber nicht zu verstehen. Es ging wohl um den Wartungstermin. Bitte noch einmal melden.

== normal | Wieder anschließen lassen
unsere Küche wurde renoviert, nun soll die Maschine wieder angeschlossen werden. Bitte nennen Sie uns einen Termin mit einem Techniker ab {soon}.

== normal | Alle Geräte an einem Tag
können Sie die Wartung unserer {few} Geräte an einem einzigen Tag machen? Jedes Mal muss einer von uns den Techniker durchs Haus führen.
`,
  evaluation: `
== normal | Wartung fällig
die Maschine meldet "Service erforderlich". Bitte nennen Sie uns einen Termin für die Wartung, {weekday} oder später passt uns am besten.

== normal | Wartungstermin absagen
am {soon} sind wir alle auf einer Schulung, daher muss der Besuch Ihres Technikers ausfallen. Bitte schlagen Sie einen Ersatztermin vor.

== high | Niemand gekommen
der angekündigte Servicetechniker ist gestern nicht aufgetaucht und die Dispo geht nicht ans Telefon. Es ist bereits der zweite geplatzte Termin. Wann kommt wirklich jemand?

== normal | Uhrzeit des Technikers
für den Termin am {soon} bräuchte ich noch ein Zeitfenster, weil der Empfang einen Besucherausweis vorbereiten muss.

== normal care | Kostet die Inspektion extra?
deckt unser Servicevertrag {contract} die jährliche Wartung ab, oder müssen wir den Besuch zahlen? Erst danach möchte ich einen Termin vereinbaren.

== low | Turnusmäßige Wartung
im Laufe des Jahres steht bei uns wieder eine Wartung an. Schlagen Sie gern irgendwann ein Datum vor, wir sind flexibel.

== normal solo | termin
guten tag, brauchen einen termin zur wartung der {machine}. nur nachmittags. danke

== normal | Wartungen zusammenlegen
können die Termine für unsere {few} Maschinen auf einen Tag gelegt werden? Jedes Mal muss jemand den Techniker begleiten.

== normal | Neuanschluss nach Renovierung
nach der Renovierung der Küche muss die Maschine wieder angeschlossen werden. Bitte einen Technikertermin ab dem {soon} einplanen.

== high | Maschine sperrt wegen Wartung
im Display steht, dass die Maschine in 48 Stunden wegen überfälliger Wartung gesperrt wird. Der Techniker hat zweimal verschoben. Wir brauchen diese Woche unbedingt einen Termin.

== normal | Wartung {machine} {serial}: welcher Termin ist im {month} frei?
`,
  trainingDetails: `
Am besten passt es uns dienstags oder donnerstags.
Anmeldung bitte am Empfang im Erdgeschoss.
Ansprechpartner vor Ort ist unser Hausmeister.
Der letzte Servicebesuch war im {month}.
Parken kann der Techniker im Hof.
Die Seriennummer lautet {serial}.
`,
  evaluationDetails: `
Uns passt jeder Tag außer {weekday}.
Die Maschine steht im zweiten Stock, Aufzug ist vorhanden.
Bitte eine halbe Stunde vor Ankunft anrufen.
Die letzte Wartung liegt ein Jahr zurück.
`,
});
