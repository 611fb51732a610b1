/** German tickets whose point is dissatisfaction: with people, service, or how one was treated. */
import { categoryTexts } from "../template.ts";

export const complaintDe = categoryTexts("complaint", "de", {
  training: `
== normal | Beschwerde über Ihre Hotline
ich bin entsetzt, wie Ihr Mitarbeiter am Telefon mit mir gesprochen hat. Auf eine einfache Frage hieß es, ich solle halt die Anleitung lesen, dann wurde aufgelegt. So geht man nicht mit Kunden um.

== normal technical | Unfreundlicher Techniker
Ihr Techniker kam heute eine Stunde zu spät, hat kein Wort gesagt, die Küche in einem unmöglichen Zustand hinterlassen und ist ohne Unterschrift verschwunden. Das ist kein Service.

== normal orders | Fahrer
Ihr Fahrer hat unsere Auszubildende angeschrien, weil sie nicht schnell genug das Tor geöffnet hat. Ich möchte, dass Sie mit ihm sprechen, und erwarte eine Entschuldigung.

== high | Ich bin mit meiner Geduld am Ende
seit Wochen werde ich von einer Abteilung zur nächsten geschickt, niemand ist zuständig, jeder verspricht einen Rückruf und keiner ruft an. Ich möchte jetzt mit Ihrer Geschäftsleitung sprechen. Bitte nennen Sie mir bis {weekday} einen Namen.

== normal | Enttäuscht von der Betreuung
wir sind seit neun Jahren Kunde, und früher gab es Frau Ostertag, die uns kannte. Heute bekommt man nur noch Textbausteine. Das ist schade und ehrlich gesagt kein Aushängeschild.

== normal billing | Ton Ihrer Mahnung
über den Ton Ihrer Mahnung habe ich mich sehr geärgert. Nach so vielen Jahren pünktlicher Zahlung wegen drei Tagen mit Inkasso zu drohen, ist eine Frechheit. Ich erwarte eine Stellungnahme.

== low | Anregung statt Beschwerde
keine richtige Beschwerde, eher ein Hinweis: Die Warteschleife mit der lauten Musik ist kaum auszuhalten. Vielleicht können Sie da mal etwas ändern.

== urgent still | Letzte Mahnung vor Klage
auf drei Einschreiben haben Sie nicht reagiert. Wir haben die Sache nun unserer Anwältin übergeben und Ihnen eine Frist bis zum {soon} gesetzt, danach reichen wir Klage ein und wenden uns an die Presse.

== normal | So nicht!
man hat mir am Telefon zugesagt, dass sich das klärt, und am nächsten Tag wusste niemand etwas davon. Werden Gespräche bei Ihnen nicht notiert? Ich fühle mich veräppelt.

== normal | Werbeanrufe
trotz Widerspruch ruft uns Ihr Vertrieb jede Woche an. Ich möchte das nicht und habe es mehrfach gesagt. Wenn das nicht aufhört, melde ich es der Datenschutzbehörde.

== normal solo | unverschämt
so einen schlechten service habe ich noch nie erlebt. armselig.

== normal solo | Beschwerde, bitte an die Leitung weitergeben

== normal | Bewertung gelöscht
ich habe auf Ihrer Seite eine ehrliche, nicht begeisterte Bewertung geschrieben, zwei Sterne. Die ist verschwunden. Löschen Sie Kritik? Das finde ich sehr bedenklich.

== normal | Chat-Assistent
Ihr Chat-Assistent ist eine Zumutung. Zwanzig Minuten im Kreis, ohne dass ich einen Menschen erreiche. Wer hat sich das ausgedacht? Als zahlender Kunde erwarte ich einen Ansprechpartner.

== normal orders | Verpackungsmüll
ich ärgere mich jedes Mal über die Berge von Folie und Füllmaterial. Sie werben mit Nachhaltigkeit und schicken zwei Packungen Kaffee im Riesenkarton. Das passt nicht zusammen.

== normal | Nicht eingehaltene Zusagen Ihres Verkäufers
Ihr Außendienstler hat uns vor der Unterschrift das Blaue vom Himmel versprochen: schnelle Hilfe, feste Ansprechpartnerin, günstige Bohnen. Nichts davon stimmt. Wir fühlen uns über den Tisch gezogen.

== high technical | Dritter erfolgloser Technikerbesuch, uns reicht es
drei Mal war jemand da, drei Mal wurde geraten statt repariert, beim letzten Mal wurde auch noch die Arbeitsplatte zerkratzt. Ich bin stinksauer. Ich verlange einen kompetenten Ansprechpartner bis morgen.

== low | Lob und Tadel
die Beratung war super, vielen Dank dafür! Nur dass am Ende niemand mehr zurückgerufen hat, fand ich etwas schade. Keine Antwort nötig.

== normal | So geht man nicht mit Menschen um
meine Kollegin hat nach dem Telefonat mit Ihrer Abteilung geweint. Der Herr war laut und herablassend. Ich beschwere mich hiermit in aller Form und erwarte eine Entschuldigung.

== normal technical | Techniker raucht im Treppenhaus
Ihr Monteur hat im Treppenhaus geraucht und auf meine Bitte, das zu lassen, patzig reagiert. Außerdem war die Küche danach voller Kaffeesatz. Solche Leute schicken Sie zu Kunden?

== normal orders | Zusteller beleidigend
der Mann, der unsere Kartons brachte, hat unsere Empfangsdame übel beschimpft, weil sie um einen Lieferschein bat. Das lassen wir uns nicht bieten.

== normal billing | Mahnung im Drohton
langjährige Kunden wegen einer übersehenen Kleinigkeit mit dem Gericht zu bedrohen, ist unverschämt. Ich beschwere mich über den Stil Ihrer Buchhaltung.

== high | Niemand fühlt sich zuständig
fünf Gespräche, fünf verschiedene Auskünfte, keine Lösung. Ich erwarte bis {weekday} den Anruf einer Person, die entscheiden darf. Meine Geduld ist zu Ende, das ist dringend.

== normal | Immer nur Warteschleife
seit Montag versuche ich, jemanden zu erreichen. Vierzig Minuten Musik, dann fliegt man raus. Wer so mit Kunden umgeht, muss sich nicht wundern, wenn sie gehen.

== low | Verbesserungsvorschlag
wir sind zufrieden mit Ihnen. Kritisch finden wir nur die vielen Umfragen nach jedem Anruf. Sie brauchen darauf nicht zu antworten.

== normal | Rückruf versprochen, nie gekommen
zum vierten Mal wurde mir ein Rückruf zugesagt und wieder ruft keiner an. Als Kunde kommt man sich vor wie ein Bittsteller. Ich bin sehr enttäuscht von Ihrem Service.

== urgent still | Wir schalten unseren Rechtsanwalt ein
Sie haben auf keines unserer Schreiben geantwortet. Unser Rechtsanwalt hat Ihnen heute eine letzte Frist bis zum {soon} gesetzt, danach klagen wir.

== normal | Frechheit am Telefon
Ihre Mitarbeiterin hat mich dreimal unterbrochen, war hörbar genervt und hat am Ende einfach aufgelegt. So unfreundlich bin ich selten behandelt worden, das ist eine Beschwerde.

== normal | Werbung trotz Bitte
ich habe Ihren Vertrieb mehrfach gebeten, uns keine Werbung mehr zu schicken und nicht anzurufen. Es geht munter weiter. Das empfinde ich als Belästigung.
`,
  evaluation: `
== normal | Beschwerde Kundenservice
so unfreundlich wie heute bei Ihnen am Telefon wurde ich lange nicht behandelt. Ihr Mitarbeiter war genervt, hat mich ständig unterbrochen und am Ende aufgelegt. Ich erwarte eine Entschuldigung.

== normal technical | Verhalten Ihres Technikers
Ihr Servicetechniker hat bei uns geraucht, die Küche verdreckt zurückgelassen und war auf Nachfrage patzig. Ein solches Auftreten akzeptieren wir nicht.

== normal orders | Rüpelhafter Fahrer
der Fahrer hat die Kartons einfach in den Regen gestellt und unsere Empfangsdame beleidigt. Bitte sprechen Sie mit dem Mann, so etwas geht nicht.

== high | Beschwerde an die Geschäftsführung
seit einem Monat vertröstet mich jeder, keiner fühlt sich zuständig, Rückrufe gibt es nie. Ich möchte bis {weekday} von jemandem hören, der entscheiden darf. Meine Geduld ist aufgebraucht.

== normal | Als Stammkunde enttäuscht
früher hatten wir bei Ihnen eine feste Betreuerin, heute bekommt man nur noch automatische Antworten. Nach so vielen Jahren fühlt man sich als Kunde nicht mehr ernst genommen.

== normal billing | Unmöglicher Mahnstil
dass Sie langjährigen Kunden wegen zwei Tagen Verzug gleich mit dem Inkassobüro drohen, finde ich unverschämt. Ich beschwere mich hiermit ausdrücklich über diesen Ton.

== low | Kleine Kritik
insgesamt sind wir sehr zufrieden. Nur die Wartezeit am Telefon ist wirklich lang. Sie müssen darauf nicht antworten.

== urgent still | Wir gehen rechtlich gegen Sie vor
nachdem Sie alle Schreiben ignoriert haben, liegt die Sache beim Anwalt. Die Frist endet am {soon}. Danach sehen wir uns vor Gericht.

== normal solo | schlechter service
unfassbar schlecht. nie wieder. ihr ruft ja eh nicht zurück

== normal | Ständige Werbung
wir werden trotz mehrfacher Bitte weiter von Ihrem Vertrieb angerufen und mit Werbung überhäuft. Das ist eine Belästigung und ich möchte mich darüber beschweren.
`,
  trainingDetails: `
Ich bitte um eine Stellungnahme.
Als langjähriger Kunde hätte ich mehr erwartet.
Bitte leiten Sie das an die zuständige Leitung weiter.
Ich bin wirklich verärgert.
Für eine Entschuldigung wäre es jetzt der richtige Moment.
So verliert man Kunden.
`,
  evaluationDetails: `
Ich erwarte, dass sich das ändert.
Bitte geben Sie diese Beschwerde an Ihren Vorgesetzten weiter.
Unsere Kollegen sind ebenfalls verärgert.
Das wirft kein gutes Licht auf Ihre Firma.
`,
});
