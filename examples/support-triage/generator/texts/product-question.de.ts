/** German tickets that ask for advice: machines before a purchase, coffees, ingredients, data sheets. */
import { categoryTexts } from "../template.ts";

export const productQuestionDe = categoryTexts("product_question", "de", {
  training: `
== normal | Welche Maschine für 40 Personen?
wir suchen eine Kaffeemaschine für ein Büro mit etwa 40 Leuten, etwa 120 Tassen am Tag. Was würden Sie empfehlen, und was kostet das ungefähr?

== normal | Hafermilch in der {machine}?
immer mehr Kollegen trinken Hafermilch. Kann man die in der {machine} verwenden, und schäumt die überhaupt? Gibt es einen zweiten Milchbehälter?

== low | Entkoffeinierter Kaffee
haben Sie eigentlich auch eine entkoffeinierte Bohne im Sortiment? Nur so eine Frage, wir bestellen erst nächsten Monat wieder.

== normal technical | Festwasseranschluss nötig?
wir überlegen, die {machine} in einen Raum ohne Wasseranschluss zu stellen. Geht das mit Tank, oder braucht sie zwingend Festwasser? Und welche Absicherung muss die Steckdose haben?

== normal | Allergene
für unseren Betriebsrat brauche ich eine Aufstellung der Allergene in Ihren Kakao- und Chai-Mischungen. Ist in einem der Produkte Haselnuss enthalten?

== normal | Angebot für {some} kg im Monat
was würde uns {beans} kosten, wenn wir jeden Monat {some} kg abnehmen? Gibt es Staffelpreise, und ab welcher Menge ist der Versand frei?

== normal | Unterschied Piano und Forte
auf Ihrer Seite finde ich den Unterschied zwischen der Piano 6 und der Forte 12 nicht. Ist nur der Bohnenbehälter größer, oder kann die Forte auch zwei Getränke gleichzeitig?

== normal | Bio und Fairtrade
unser Einkauf darf nur noch zertifizierten Kaffee bestellen. Welche Ihrer Sorten sind bio und fair gehandelt, und können Sie Zertifikate schicken?

== normal | Probepaket
bevor wir uns festlegen, würden wir gern drei oder vier Sorten probieren. Bieten Sie ein Probierpaket für Firmen an?

== low | Rezepte
gibt es irgendwo eine Sammlung mit Rezepten für die {machine}? Ein Kollege schwärmt von Eiskaffee.

== normal solo | frage
kann die piano 4 auch kakao?

== normal solo | Datenblatt {machine} gesucht, vor allem Maße und Gewicht

== normal technical | Maße und Belastung
passt die {machine} unter einen Hängeschrank mit 60 cm lichter Höhe? Und wie schwer ist sie gefüllt? Unsere Theke hält nicht besonders viel aus.

== normal | Mieten oder kaufen
was ist für eine Firma mit 25 Leuten günstiger, mieten oder kaufen? Ich bräuchte für unsere Geschäftsführung einen Vergleich über drei Jahre.

== normal | Ist die {beans} noch lieferbar?
im Shop ist die Sorte seit gestern nicht mehr zu finden. Wurde sie aus dem Programm genommen, oder ist sie nur ausverkauft? Was käme geschmacklich am nächsten?

== normal | Kapseln
Kann man bei Ihnen auch kompostierbare Kapseln bestellen, oder führen Sie nur ganze Bohnen?

== low | Geschenkideen
wir möchten unseren Kunden zu Weihnachten Kaffee schenken. Gibt es die Dosen auch mit eigenem Logo? Zeit ist noch reichlich.

== high | Angebot bis {weekday} benötigt
für unsere Vorstandssitzung am {weekday} brauche ich ein Angebot über {few} Maschinen {machine} samt Service. Schaffen Sie das bis dahin? Danach ist das Budget weg.

== normal | Lautstärke
wie laut ist die {machine} beim Mahlen? Sie soll in ein Großraumbüro, und die Kollegen daneben telefonieren viel. Gibt es eine leisere Alternative?

== normal | Vorführung
kann man Ihre Maschinen irgendwo in der Nähe von {city} ansehen und probieren? Wir schwanken zwischen zwei Modellen.

== normal | Bohne für säureempfindliche Kollegen
einige bei uns vertragen den Kaffee schlecht. Welche Ihrer Röstungen hat am wenigsten Säure?

== normal technical | Stromverbrauch
für unser Umweltmanagement brauche ich den Stromverbrauch der {machine} im Betrieb und im Standby sowie die Anschlussleistung.

== low | Neue Sorten geplant?
wir sind neugierig, ob in diesem Jahr neue Kaffeesorten kommen. Nur so aus Interesse, keine Eile mit der Antwort.

== normal | Bezahlfunktion
gibt es für die {machine} ein Bezahlsystem mit Karte oder Chip? Unsere Geschäftsleitung möchte private Getränke abrechnen.

== high | Angebot fehlt für Ausschreibung
unsere Ausschreibung endet am {weekday}, und wir hätten Sie gern dabei. Wir brauchen dringend Ihr Angebot für {some} Maschinen mit Datenblättern. Schaffen Sie das?

== normal | Tee und heiße Schokolade
kann die {machine} auch heißes Wasser für Tee ausgeben, und zwar mit einstellbarer Temperatur? Und passt eine Kanne unter den Auslauf?

== normal | Gebrauchtgeräte
verkaufen Sie auch überholte Maschinen? Für unser Ferienlager würde ein gebrauchtes Modell mit Garantie völlig ausreichen.

== normal | Pflanzliche Milch
wir haben mehrere Veganer im Team: Welche Pflanzenmilch läuft gut durch das Milchsystem der {machine}, Soja, Mandel oder Hafer?

== normal | Erste Maschine für ein Team von zehn
bisher haben wir nur eine Filtermaschine. Welches Modell eignet sich für zehn Leute, und bieten Sie eine Vorführung oder eine Teststellung an?

== normal | Inhaltsstoffe
eine Kollegin hat eine Nussallergie. Bitte schicken Sie uns die Zutatenliste für den Kakao und das Chai-Pulver, am besten als Datenblatt.
`,
  evaluation: `
== normal | Beratung: Maschine für kleines Büro
wir sind zwölf Leute und möchten weg von der Filtermaschine. Welches Ihrer Geräte passt zu uns, und gibt es eine Vorführung?

== normal | Laktosefreie Milch und Hafer
funktioniert pflanzliche Milch im Milchsystem der {machine}, oder verstopft das? Wir haben einige Veganer im Team.

== normal technical | Anschlusswerte
unser Elektriker fragt nach der Leistungsaufnahme und dem Wasseranschluss der {machine}. Braucht sie Starkstrom?

== normal | Zutatenliste
enthält Ihr Trinkschokoladenpulver Gluten oder Nüsse? Eine Kollegin hat eine schwere Allergie. Am liebsten wäre mir ein Datenblatt mit allen Zutaten.

== normal | Preise bei größeren Mengen
wir verbrauchen inzwischen rund {some} kg Kaffee pro Monat. Welchen Preis können Sie uns pro Kilo anbieten, und gibt es Mengenrabatt?

== low | Koffeinfrei
bieten Sie auch Bohnen ohne Koffein an? Mich interessiert das nur allgemein, eine Bestellung steht nicht an.

== normal | Vergleich der Modelle
worin unterscheiden sich die Forte 16 und die Tutti 40, abgesehen vom Preis? Uns ist wichtig, dass zwei Leute gleichzeitig Kaffee holen können.

== normal solo | sorten
welche bohne ist am mildesten? wir haben die {machine}

== normal | Nachhaltigkeit
haben Sie Sorten mit Fairtrade-Siegel oder Bio-Zertifikat? Unsere Beschaffungsrichtlinie verlangt einen Nachweis.

== high | Kurzfristiges Angebot
unsere Geschäftsführung entscheidet am {weekday} über neue Kaffeemaschinen. Können Sie mir vorher ein Angebot für {few} Stück {machine} schicken?
`,
  trainingDetails: `
Ein Prospekt oder Datenblatt als PDF wäre hilfreich.
Entscheiden muss am Ende unsere Geschäftsleitung.
Gern können Sie mich auch telefonisch beraten.
Im Shop habe ich dazu nichts gefunden.
Bisher trinken wir {beans}.
Preislich sollte es im Rahmen bleiben.
`,
  evaluationDetails: `
Auf Ihrer Webseite steht dazu leider nichts.
Über ein Angebot freue ich mich.
Wir bestellen schon länger bei Ihnen.
Sie erreichen mich am besten vormittags.
`,
});
