/** German tickets about machines that do not work as they should. */
import { categoryTexts } from "../template.ts";

export const technicalFaultDe = categoryTexts("technical_fault", "de", {
  training: `
== normal | Fehler {fault} an der {machine}
seit heute früh zeigt das Display die Meldung {fault} und die Maschine gibt keinen Kaffee mehr aus. Aus- und Einschalten hat nichts gebracht. Was können wir tun?

== normal | Maschine mahlt, aber kein Kaffee
das Mahlwerk läuft, danach kommt nur heißes Wasser. Bohnen sind genug drin. Der Trester ist auch ganz nass. Bitte um Hilfe.

== normal | Milchschaum
unsere {machine} schäumt die Milch nicht mehr auf, es kommt nur noch lauwarme Milch mit großen Blasen. Gereinigt haben wir das System schon zweimal.

== urgent still | Maschine steht unter Strom!
eine Kollegin hat beim Anfassen des Gehäuses einen Stromschlag bekommen! Der FI ist rausgeflogen. Wir haben das Gerät vom Netz genommen und abgesperrt. Bitte sofort melden!

== urgent still | Wasser läuft aus der Maschine!!
aus der {machine} läuft unten Wasser, und zwar viel. Die ganze Teeküche steht unter Wasser und es tropft schon in den Stock darunter. Den Haupthahn haben wir zugedreht. WIR BRAUCHEN SOFORT JEMANDEN!

== high | Totalausfall
die Maschine geht gar nicht mehr an, Display schwarz. Sicherung ist drin, Steckdose getestet. Wir haben nur diese eine Maschine für 70 Leute und sind seit gestern ohne Kaffee.

== normal | Display reagiert nicht
der Touchscreen reagiert nur noch in der oberen Hälfte, Cappuccino und Kakao lassen sich nicht mehr auswählen. Neustart hilft für zehn Minuten, dann ist es wieder so.

== low | Kaffee etwas dünn
seit dem letzten Update kommt uns der Kaffee etwas dünner vor. Ist nicht schlimm, aber vielleicht kann man am Mahlgrad was drehen? Ansonsten läuft sie gut.

== normal | Lautes Geräusch
beim Mahlen macht die Maschine seit ein paar Tagen ein furchtbares Geräusch, wie wenn ein Stein drin wäre. Sollen wir sie lieber nicht mehr benutzen?

== normal | Entkalkungsprogramm hängt
das Entkalken bleibt bei 62 % stehen und es steht "Bitte warten", inzwischen seit zwei Stunden. Abbrechen kann man nicht. Was jetzt?

== normal solo | maschine kaputt
hallo die kaffemaschine geht nich mehr, fehler {fault}. wer kann helfen

== normal solo | {machine} Störung {fault}, bitte Techniker

== high | Gleiche Störung schon wieder!
vor zwei Wochen war Ihr Techniker wegen {fault} da, jetzt ist genau derselbe Fehler wieder aufgetaucht. Die Maschine steht, und das zum dritten Mal in diesem Quartal. Das muss doch mal richtig repariert werden.

== urgent still | Verbrannter Geruch und Rauch
aus der Rückseite der {machine} kam heute Rauch und es riecht stark nach verschmortem Kabel. Stecker ist gezogen. Wir haben Angst, dass das Ding brennt. Was sollen wir machen?

== normal | Tassenwärmer bleibt kalt
der Tassenwärmer oben wird nicht mehr warm, alles andere funktioniert. Kann man das selbst beheben oder ist da etwas durchgebrannt?

== normal | Kaffee nur lauwarm
die Getränke kommen nur noch lauwarm heraus, gemessen 54 Grad. In den Einstellungen steht "hoch". Liegt das an der Heizung?

== normal | Maschine tropft
nach jedem Bezug tropft es noch minutenlang aus dem Auslauf, die Schale ist dreimal am Tag voll. Ist da eine Dichtung oder ein Ventil defekt?

== normal | Kartenleser nimmt keine Mitarbeiterkarten
der Kartenleser an der Kaffeemaschine piept nur noch und gibt keine Getränke frei. Im Menü steht "Leser nicht verbunden".

== normal | Maschine verlangt ständig Wasser
obwohl der Tank voll ist, meldet die {machine} dauernd "Wassertank füllen". Den Sensor haben wir sauber gemacht, ohne Erfolg.

== high | Maschine sperrt sich mitten im Betrieb
die {machine} schaltet sich nach jedem dritten Kaffee ab und zeigt {fault}. Wir bewirten damit unsere Kunden, das ist dringend, so können wir nicht arbeiten.

== normal | Dampflanze
aus der Dampflanze kommt nur noch ein Röcheln und etwas Wasser. Die Düse ist frei, durchgespült habe ich sie auch.

== normal | Tresterbehälter
die Maschine meldet "Tresterbehälter leeren", obwohl er leer ist. Sie lässt sich deshalb nicht mehr bedienen.

== high | Beide Geräte ausgefallen
seit heute sind beide Kaffeemaschinen im Seminarhaus außer Betrieb, eine mit {fault}, die andere bleibt dunkel. Wir haben Gäste im Haus. Bitte dringend einen Techniker schicken.

== low | Lämpchen flackert
die Beleuchtung am Auslauf flackert ab und zu. Sonst ist alles in Ordnung mit der Maschine, das kann bis zum nächsten Besuch warten. Eilt also nicht.

== urgent still | Heißer Dampf, Kollege verletzt
aus der Seite der Maschine schoss heißer Dampf, ein Kollege hat sich die Hand verbrüht und ist beim Arzt. Das Gerät ist aus. Bitte sofort zurückrufen, ob von der Maschine noch Gefahr ausgeht!

== normal | Kaffee schmeckt nach Chemie
nach dem Entkalken schmecken alle Getränke nach Reiniger, auch nach zehnmal Spülen. Bleibt da Mittel in der Leitung stehen?

== normal | Bezug bricht ab
mitten im Bezug hört die Maschine auf, die Tasse ist halb voll, und im Display steht "Durchfluss zu gering".

== normal | Espresso kommt als Wasser
beim Espresso läuft nur klares, heißes Wasser in die Tasse. Die Bohnen scheinen im Behälter zu hängen. Schütteln hilft kurz, dann geht es wieder los.

== high | Alles tot
seit heute früh geht die Maschine nicht mehr an, kein Licht, kein Ton. Wir verkaufen im Foyer Kaffee und machen gerade keinen Umsatz. Bitte um schnelle Hilfe.

== urgent still | Angeschmorter Stecker
der Stecker der {machine} ist schwarz und riecht nach verbranntem Plastik, aus der Steckdose kam Rauch. Sicherung ist draußen. Was müssen wir sofort tun?
`,
  evaluation: `
== normal | Störungsmeldung {fault}
unsere Kaffeemaschine bleibt beim Hochfahren mit {fault} hängen. Stecker ziehen und warten hilft nicht. Haben Sie einen Rat, bevor wir einen Techniker brauchen?

== normal | Kommt nur Wasser
wenn man Espresso drückt, kommt klares Wasser statt Kaffee. Die Bohnen rutschen anscheinend nicht nach, obwohl der Behälter voll ist.

== urgent still | Wasserschaden durch {machine}
die Maschine hat über Nacht den Boden geflutet, das Parkett wölbt sich und es läuft immer noch Wasser aus dem Gerät! Der Hausmeister sucht den Haupthahn. Bitte umgehend zurückrufen!

== high | Nichts geht mehr
beide Maschinen sind seit heute Morgen tot, kein Licht, kein Ton. Wir betreiben ein Café im Foyer und können nichts verkaufen. Bitte schnell Hilfe!

== normal | Milchsystem defekt
aus dem Milchauslauf kommt nur noch Dampf und Gespucke, kein Schaum. Der Schlauch ist sauber und die Milch frisch.

== normal | Mahlwerk blockiert
das Mahlwerk brummt kurz und dann steht "Mahlwerk blockiert" im Display. Ausgesaugt haben wir es schon, die Meldung kommt wieder.

== urgent still | Es riecht verschmort
die {machine} riecht nach verbranntem Plastik und am Stecker sind schwarze Spuren. Rauch hat eine Kollegin auch gesehen. Wir haben die Sicherung herausgenommen, was tun?

== normal solo | geht nicht
Display schwarz. Maschine aus. Hilfe?

== low | Uhrzeit falsch
nur eine Kleinigkeit: Die Maschine zeigt nach jedem Neustart die falsche Uhrzeit. Funktioniert sonst einwandfrei, hat also Zeit.

== normal | Touchscreen spinnt
das Display springt von allein zwischen den Getränken hin und her und wählt manchmal von selbst Kakao. Neustart brachte nichts.

== high | Reparatur hat nicht gehalten
kaum war Ihr Techniker weg, kam die Meldung {fault} wieder. Es ist das dritte Mal diesen Monat, und wieder steht die Maschine still und 50 Leute haben keinen Kaffee.

== normal | {machine} geht nicht mehr, zeigt {fault}, bitte zurückrufen
`,
  trainingDetails: `
Die Seriennummer ist {serial}.
Entkalkt und gereinigt wurde sie letzte Woche.
So etwas hatten wir mit ihr noch nie.
Das Gerät ist etwa {few} Jahre alt.
Aufgestellt hat sie Ihr Team aus {city}.
Ein kurzes Video der Störung habe ich gemacht.
In der Anleitung steht dazu nichts.
`,
  evaluationDetails: `
Die Maschine hat die Nummer {serial}.
Gereinigt haben wir sie laut Anleitung.
Mehrere Kollegen haben das auch schon bemerkt.
Der Fehler kam ganz plötzlich.
Es handelt sich um eine {machine}.
`,
});
