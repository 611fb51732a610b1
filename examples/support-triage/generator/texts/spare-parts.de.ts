/** German tickets about parts, accessories and consumables for a machine. */
import { categoryTexts } from "../template.ts";

export const sparePartsDe = categoryTexts("spare_parts", "de", {
  training: `
== normal | Ersatzteil: Tropfschale {machine}
unsere Tropfschale hat einen Riss. Kann man die einzeln nachbestellen, und was kostet sie? Seriennummer ist {serial}.

== normal | Milchschlauch
ich suche einen neuen Milchschlauch für die {machine}. Im Shop finde ich nur ein Komplettset für über 80 Euro. Gibt es den Schlauch auch einzeln?

== normal technical | Welche Dichtung passt?
an der Brühgruppe ist eine Dichtung porös. Auf der Explosionszeichnung sind drei ähnliche abgebildet. Welche Teilenummer brauche ich, und wie baut man sie ein?

== normal | Filterpatronen
welche Filterpatrone gehört in unsere Maschine? Wir haben noch alte Patronen, die lassen sich aber nicht einrasten. Bitte gleich {few} Stück mit passender Nummer anbieten.

== low | Reinigungstabletten auf Vorrat
bitte bei der nächsten Lieferung zwei Dosen Reinigungstabletten mitschicken. Wir haben noch welche, das ist nur für den Vorrat.

== normal | Wassertank
der Deckel vom Wassertank ist beim Spülen zerbrochen. Ich bräuchte einen neuen Deckel, notfalls den ganzen Tank. Ist der lieferbar?

== high | Ersatzteil seit fünf Wochen im Rückstand
wir warten auf die Pumpe, die Ihr Techniker für uns bestellt hat. Ohne das Teil steht die Maschine, und immer heißt es "nächste Woche". Bis wann ist das Teil WIRKLICH da?

== normal | Bohnenbehälter mit Schloss
gibt es für die {machine} einen abschließbaren Bohnenbehälter? Bei uns verschwinden auffallend viele Bohnen.

== normal technical | Mahlwerk selbst tauschen
das Mahlwerk ist laut Techniker verschlissen. Kann ein geschickter Hausmeister das Ersatzteil selbst einbauen, gibt es eine Anleitung dazu, und welches Werkzeug braucht man?

== normal | Schlüssel verloren
der Schlüssel für die Fronttür der Maschine ist weg. Kann man den nachbestellen? Es steht {last4} auf dem Schloss.

== normal solo | ersatzteil
brauche tropfgitter für {machine}, wo bestellen?

== normal solo | 2x Brühgruppe für {machine} bitte Preis und Lieferzeit

== normal | Zubehör: Milchkühler
wir hätten gern nachträglich einen Milchkühler neben die {machine}. Welcher passt vom Anschluss her, und ist ein Schlauchset dabei?

== normal | Falsches Ersatzteil bestellt
ich habe aus Versehen den Auslauf für die Piano bestellt statt für die Forte. Kann ich das unbenutzte Teil umtauschen? Artikelnummer liegt bei.

== normal | Wartungsset
in der Anleitung ist von einem Wartungsset mit Dichtungen und Fett die Rede. Unter welcher Artikelnummer finde ich das im Shop?

== low | Becherspender
haben Sie Becherspender für die Wand? Rein informativ, wir richten die Küche erst nach dem Sommer neu ein.

== normal | Entkalker
der flüssige Entkalker ist im Shop nicht auffindbar. Dürfen wir auch einen aus dem Supermarkt nehmen, oder verlieren wir dann die Garantie? Sonst bitte {few} Flaschen schicken.

== high | Ventil dringend benötigt
unser eigener Haustechniker könnte die Maschine sofort reparieren, uns fehlt nur das Magnetventil. Bitte per Express schicken, die Kantine steht, koste es, was es wolle.

== normal | Gummifüße
an unserer {machine} fehlen zwei der Gummifüße, sie wackelt. Gibt es die als Ersatzteil im Viererpack?

== normal | O-Ringe und Fett
welche O-Ringe gehören in die Brühgruppe der {machine}, und haben Sie das passende Fett dazu? Bitte mit Artikelnummern und Preisen.

== normal technical | Pumpe oder Ventil?
ich will die Maschine selbst reparieren und weiß nicht, ob ich die Pumpe oder das Rückschlagventil als Ersatzteil brauche. Können Sie mir sagen, wie ich das herausfinde?

== high | Dichtungssatz dringend gesucht
ohne den Dichtungssatz bleibt unsere Maschine außer Betrieb, und in Ihrem Shop steht "nicht lieferbar". Haben Sie noch irgendwo einen liegen? Wir brauchen das Teil dringend bis {weekday}.

== low | Teile für den Schrank
wir legen uns einen kleinen Vorrat an Verschleißteilen an. Stellen Sie mir gelegentlich ein Paket für die {machine} zusammen, eilt nicht.

== normal | Auslauf gebrochen
die Kunststoffnase am Auslauf ist abgebrochen. Was kostet ein neuer Auslauf, und kann ich den einfach aufstecken?

== normal bare | Passt das Zubehör der alten Maschine?
wir sind von der Piano 6 auf die Forte 12 gewechselt. Können wir den alten Milchbehälter und die Filterpatronen weiterverwenden?

== normal | Bestellung Verbrauchsmaterial
wir benötigen {few} Dosen Reinigungstabletten, {few2} Filterpatronen und eine Bürste für das Mahlwerk. Im Shop finde ich die Bürste nicht.

== normal | Teilenummer
auf dem abgebrochenen Teil steht nur noch "...{last4}-B". Können Sie daraus erkennen, welches Ersatzteil das ist?

== normal | Ersatzschlüssel
wir finden den Schlüssel zur Maschine nicht mehr. Bitte zwei Ersatzschlüssel für die {machine}, Schlossnummer {last4}, was kosten die?

== normal technical | Ring aus der Brühgruppe
beim Reinigen ist ein Ring herausgefallen, und ich weiß nicht, wohin er gehört. Welches Ersatzteil ist das, und wie setze ich es richtig ein?

== low | Demnächst wieder Tabletten
in nächster Zeit brauchen wir wieder Entkalker und Tabletten. Gibt es die auch im Set? Es hat Zeit.
`,
  evaluation: `
== normal | Neue Tropfschale
die Schale unter dem Auslauf ist gesprungen, und wir brauchen Ersatz. Ist das Teil für die {machine} einzeln lieferbar?

== normal technical | Passende Dichtung gesucht
nach dem Reinigen ist ein Dichtungsring aus der Brühgruppe gefallen, der völlig porös ist. Welches Ersatzteil ist das richtige, und wie setze ich es ein?

== normal | Wasserfilter nachbestellen
ich würde gern {few} Filterpatronen für unsere Maschine bestellen, weiß aber die Artikelnummer nicht. Welche passen zur {machine}?

== normal | Schlauch für das Milchsystem
der Milchschlauch ist brüchig geworden. Was kostet ein neuer, und kann ich ihn direkt über den Shop bestellen?

== high | Teil immer noch nicht lieferbar
die bestellte Pumpe ist seit Wochen im Rückstand und unsere Maschine deshalb außer Betrieb. Wann kommt das Ersatzteil endlich?

== low | Tabletten und Entkalker
irgendwann demnächst bräuchten wir wieder Reinigungstabletten und Entkalker. Gibt es da ein günstiges Set?

== normal solo | teil
wo bekomme ich ein neues tropfgitter her? {machine} {serial}

== normal | Schlüssel für die Fronttür
wir haben den Schlüssel zum Gerät verlegt. Können Sie uns zwei Ersatzschlüssel mit der Nummer {last4} schicken?

== normal | Nachrüstung Milchkühler
kann man die {machine} nachträglich mit einem Milchkühler ausstatten? Bitte Artikelnummer und Preis des passenden Zubehörs.

== normal | Ersatzteil umtauschen
der gelieferte Wassertank passt nicht, ich habe wohl die Artikelnummer für das Vorgängermodell erwischt. Kann ich das Teil gegen das richtige tauschen?
`,
  trainingDetails: `
Wir haben das Gerät seit {few} Jahren.
Die Maschine hat die Seriennummer {serial}.
Ein Foto von dem Teil hängt an.
Bitte mit Preis und Lieferzeit.
Das Gerät ist eine {machine}.
Original wäre uns lieber als Nachbau.
`,
  evaluationDetails: `
Seriennummer am Gerät: {serial}.
Das alte Teil liegt noch hier, ich kann es fotografieren.
Was würde das inklusive Versand kosten?
Im Shop finde ich das Teil nicht.
`,
});
