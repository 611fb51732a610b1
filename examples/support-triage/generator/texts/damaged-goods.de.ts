/** German tickets about goods that came broken, leaking, wrong or spoilt. */
import { categoryTexts } from "../template.ts";

export const damagedGoodsDe = categoryTexts("damaged_goods", "de", {
  training: `
== normal | Beschädigte Ware {order}
heute kam unsere Lieferung an, leider ist der Karton völlig durchnässt und zwei Beutel Milchpulver sind aufgeplatzt. Fotos hängen an. Wie bekommen wir Ersatz?

== normal | Tassen zerbrochen
von den {some} bestellten Tassen sind acht zerbrochen. Sie waren ohne jedes Polster im Karton. Bitte schicken Sie uns die kaputten noch einmal zu.

== normal | Falsche Bohnen geliefert
bestellt haben wir {beans}, bekommen haben wir koffeinfreien Kaffee. Das will hier wirklich keiner trinken. Können Sie das bitte tauschen und die falschen Packungen abholen lassen?

== high technical | Transportschaden {machine}
beim Auspacken der neuen {machine} haben wir gesehen, dass die Front eingedrückt und das Display gesprungen ist. Die Palette war außen in Ordnung, deshalb hat der Kollege ohne Vorbehalt unterschrieben. Wir haben die Maschine nicht in Betrieb genommen. Was jetzt?

== normal | Becherkarton aufgerissen
ein Karton Pappbecher war bei der Anlieferung offen und verdreckt, die Becher sind unbrauchbar. Ich hätte gern eine Gutschrift oder eine Nachlieferung.

== normal | Haltbarkeit überschritten
auf den gelieferten Kakao-Packungen steht ein Mindesthaltbarkeitsdatum vom letzten Herbst! Das kann man doch keinem anbieten. Bitte um Umtausch der ganzen Lieferung {order}.

== normal technical | Kratzer an der neuen Maschine
an der linken Seite der gelieferten Maschine ist ein langer Kratzer im Lack, den man leider sofort sieht. Sie funktioniert, aber für den Preis möchte ich ein einwandfreies Gerät oder einen Nachlass.

== high | Alles nass, alles kaputt
das Paket {tracking} war ein einziger Matsch. Die Flasche Entkalker ist ausgelaufen und hat alle {some} Packungen Bohnen ruiniert. Wir haben jetzt keinen Kaffee mehr im Haus. Wir brauchen noch diese Woche Ersatz.

== normal solo | Lieferung beschädigt
Karton kaputt, Bohnen liegen lose drin. {order}. Ersatz bitte

== normal solo | Glaskanne zerbrochen angekommen, Foto folgt, bitte Ersatz zu {order}

== normal | Reklamation Bohnen
die letzte Charge {beans} riecht muffig und schmeckt nach Pappe. Mehrere Kollegen haben das unabhängig voneinander gesagt. Auf der Packung steht Charge L{last4}. Ist damit etwas nicht in Ordnung?

== normal | Falscher Artikel im Paket
statt der Reinigungstabletten für die {machine} lagen Filterpatronen im Paket, die gar nicht passen. Der Lieferschein stimmt, der Inhalt nicht. Bitte richtige Ware senden und Retourenschein beilegen.

== normal | Vakuum defekt
bei {few} Beuteln ist das Vakuum weg, die Bohnen sind offenbar schon länger offen. Ich möchte die gern reklamieren. Muss ich sie zurückschicken oder reicht ein Foto?

== low | Kleine Beule
nur der Vollständigkeit halber: An einer der Blechdosen ist eine kleine Beule. Uns stört das nicht, aber vielleicht geben Sie es an Ihr Lager weiter.

== high technical | Maschine kam ohne Wassertank
gestern wurde die {machine} geliefert, im Karton fehlen Wassertank und Tropfschale. So können wir sie nicht benutzen, und die alte steht schon beim Verwerter. Bitte schnellstmöglich nachsenden.

== normal | Retoure beschädigte Ware
ich habe vor einer Woche einen Glasbruch gemeldet und sollte ein Rücksendeetikett bekommen. Das kam bisher nicht an. Können Sie es noch einmal schicken, auch gern als PDF?

== normal | Schädlinge in der Packung
es ist mir unangenehm, aber in einem der Kakaobeutel waren kleine Käfer. Den Rest haben wir sicherheitshalber nicht geöffnet. Bitte nehmen Sie die Lieferung zurück.

== urgent still | Glassplitter in der Kaffeepackung!
in einer Packung {beans} aus der Lieferung {order} haben wir Glassplitter gefunden! Eine Kollegin hat davon schon getrunken. Wir haben alles gesperrt. Bitte melden Sie sich sofort, da sind bestimmt noch mehr Kunden betroffen.

== normal | Kakaobeutel undicht
drei der Kakaobeutel waren an der Naht offen und haben den ganzen Karton eingestaubt. Die restlichen Beutel kleben. Wir möchten die Lieferung reklamieren.

== normal | Falsche Mahlung
wir hatten ganze Bohnen bestellt, im Karton ist gemahlener Kaffee. Damit kann unsere Maschine nichts anfangen. Bitte die falsche Ware zurücknehmen und richtig liefern.

== normal | Becher mit falschem Aufdruck
unsere bedruckten Becher sind da, aber das Logo ist das einer anderen Firma. Offenbar vertauscht. Wer holt die ab, und wann bekommen wir unsere?

== high technical | Neue {machine} defekt angekommen
das Gerät wurde beim Transport offensichtlich umgeworfen, der Bohnenbehälter ist zersplittert und Teile liegen lose im Karton. Wir brauchen dringend Ersatz, die Schulung damit ist am {weekday}.

== normal | Ware durchweicht abgestellt
der Zusteller hat das Paket im Regen vor der Tür abgestellt. Die Zuckerpackungen sind ein einziger Klumpen, die Pappbecher wellen sich. Wie geht das mit der Reklamation?

== low | Etikett verrutscht
auf zwei Dosen sitzt das Etikett schief. Inhalt ist einwandfrei, wir brauchen keinen Ersatz. Nur als Hinweis für Ihre Abfüllung, keine Antwort nötig.

== normal | Weniger drin als draufsteht
wir haben nachgewogen: In den 1-kg-Packungen sind nur rund 900 Gramm, und zwar bei allen {few}. Bitte prüfen und erstatten.

== normal | Gläser mit Sprung
beim Spülen ist uns aufgefallen, dass mehrere der neu gelieferten Gläser feine Sprünge haben. Die sind gefährlich und müssen ersetzt werden. Lieferschein zu {order} liegt vor.

== normal technical | Delle im Gehäuse
die {machine} hat an der Rückwand eine Delle, die beim Transport entstanden sein muss. Sie läuft, aber wir möchten das als Transportschaden melden und bitten um einen Vorschlag.

== normal | Schimmel
beim Öffnen einer Packung {beans} war Schimmel zu sehen. Haltbar angeblich noch ein Jahr. Den Rest der Charge rühren wir nicht mehr an, bitte austauschen.

== normal | Feuchte Ware
die Kaffeeweißer-Beutel sind klamm und klumpen, obwohl das Datum noch lange hin ist. Offenbar falsch gelagert. Ich reklamiere die {few} Beutel und bitte um frische Ware.

== normal technical | Vorführgerät statt Neuware
in der Maschine, die Sie uns als neu geliefert haben, steht noch altes Wasser, und am Auslauf kleben Kaffeereste. Wir haben ein Neugerät bezahlt und wollen auch eins.
`,
  evaluation: `
== normal | Paket kam demoliert an
der Paketbote hat uns einen ziemlich zerdrückten Karton übergeben. Innen sind drei Packungen geplatzt und die Bohnen überall. Wir hätten gern Ersatz für die kaputten Packungen.

== normal | Verkehrte Lieferung
in unserem Karton war die Ware eines anderen Kunden: Tee und Zuckersticks statt der bestellten Bohnen. Bitte tauschen Sie das um, den Lieferschein zu {order} lege ich bei.

== high technical | Display der gelieferten {machine} gesprungen
beim Auspacken ist uns ein Sprung im Display aufgefallen, außerdem ist das Gehäuse hinten verbogen. Offensichtlich ein Transportschaden. Wir brauchen die Maschine ab {weekday}, wie kommen wir schnell an ein heiles Gerät?

== normal | Milchpulver verklumpt
mehrere Beutel aus der Lieferung sind feucht und komplett verklumpt, obwohl sie laut Datum noch ein Jahr haltbar sind. Ich möchte das reklamieren.

== normal | Bruch bei den Gläsern
die Hälfte der Latte-Gläser kam zersprungen an, nur in dünnes Papier gewickelt. Bekommen wir eine Gutschrift oder schicken Sie neue?

== normal solo | falsche ware
hallo, bestellt war espresso, gekommen ist entkoffeiniert. was tun?

== low | Hinweis zur Verpackung
eine Dose war leicht eingedrückt, der Inhalt ist aber in Ordnung. Wir brauchen keinen Ersatz, ich wollte es nur melden.

== normal | Kein Rücksendeetikett im Paket
für die beschädigten Becher sollte ein Rücksendeschein dabei sein, es war keiner im Paket. Wie bekomme ich die Ware jetzt zurück zu Ihnen?

== normal technical | Gerät mit Gebrauchsspuren
die als neu verkaufte {machine} hat Kratzer am Auslauf und Kaffeereste in der Schale. Das ist doch ein Rückläufer! Wir möchten ein neues Gerät oder einen ordentlichen Preisnachlass.

== urgent still | Fremdkörper im Kaffee
in einer Packung aus Charge L{last4} haben wir Metallspäne gefunden, ein Kollege hat sich am Zahnfleisch verletzt. Bitte sofort Rückruf, Sie müssen diese Charge stoppen!
`,
  trainingDetails: `
Fotos vom Schaden habe ich angehängt.
Die Verpackung haben wir aufgehoben, falls Sie sie brauchen.
Auf dem Lieferschein ist alles richtig aufgeführt.
Den Karton kann die Spedition jederzeit wieder mitnehmen.
Die übrige Ware ist unversehrt.
Muss ich etwas zurückschicken?
Bitte Ersatz oder Gutschrift, uns ist beides recht.
`,
  evaluationDetails: `
Bilder schicke ich gern nach.
Der Karton steht noch hier, falls ihn jemand begutachten will.
Von außen sah das Paket heil aus.
Der Rest der Lieferung ist in Ordnung.
Sollen wir die kaputte Ware entsorgen oder zurückgeben?
`,
});
