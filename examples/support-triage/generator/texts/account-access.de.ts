/** German tickets about the customer portal and the app: login, passwords, users, rights. */
import { categoryTexts } from "../template.ts";

export const accountAccessDe = categoryTexts("account_access", "de", {
  training: `
== normal | Passwort vergessen
ich komme nicht mehr ins Kundenportal. Die Mail zum Zurücksetzen des Passworts kommt nicht an, im Spam ist sie auch nicht. Können Sie mir helfen?

== normal | Zugang gesperrt
nach drei falschen Versuchen ist mein Zugang gesperrt. Bitte schalten Sie ihn wieder frei, Benutzername ist meine Mailadresse.

== normal | Neue Kollegin anlegen
bitte richten Sie für unsere neue Kollegin im Einkauf einen Zugang zum Portal ein. Sie soll bestellen dürfen, aber keine Rechnungen sehen.

== urgent still | Konto gehackt?
in unserem Kundenkonto wurde heute Nacht die Lieferadresse geändert und für {amount} bestellt. Das war niemand von uns! Passwort ist schon geändert. Bitte sperren Sie das Konto sofort und halten Sie die Bestellung an.

== normal | Ehemaliger Mitarbeiter hat noch Zugriff
Herr Krause hat uns verlassen, sein Login im Portal ist aber noch aktiv. Bitte löschen Sie den Benutzer und übertragen Sie die Adminrechte auf mich.

== normal | Zwei-Faktor-Code kommt nicht
ich habe ein neues Handy und die App für den Anmeldecode ist weg. Jetzt komme ich nicht mehr ins Konto. Wie kann ich den zweiten Faktor zurücksetzen?

== low | Benutzername ändern
meine Mailadresse hat sich durch Heirat geändert. Kann man den Benutzernamen im Portal bei Gelegenheit anpassen? Anmelden kann ich mich noch.

== normal | Registrierung klappt nicht
beim Registrieren im Shop heißt es, unsere Kundennummer sei schon vergeben. Von uns hat sich aber noch nie jemand angemeldet. Wer hat da ein Konto?

== normal technical | Maschine erscheint nicht in der App
ich habe die Maschine wie beschrieben per QR-Code hinzugefügt, in der App steht aber nur "offline". Das WLAN ist in Ordnung, andere Geräte laufen. Wie verbinde ich die {machine}?

== normal | Link abgelaufen
der Aktivierungslink in Ihrer Begrüßungsmail ist abgelaufen, ich war im Urlaub. Schicken Sie mir bitte einen neuen.

== normal solo | login geht nich
hallo kann mich nicht einloggen, passwort stimmt aber. kundennr {customer}

== normal solo | Portalzugang gesperrt, bitte freischalten ({customer})

== high | Seit einer Woche kein Zugang
seit dem Relaunch Ihres Portals kann sich bei uns niemand mehr anmelden. Zwei Tickets, keine Antwort. Wir können weder bestellen noch Rechnungen abrufen und der Monatsabschluss steht an!

== normal | Rechte im Portal
ich sehe im Portal nur meine eigenen Bestellungen, nicht die der anderen Standorte. Als Einkaufsleiter müsste ich alle sehen. Wer kann mir die Rechte geben?

== normal | Falsche Firma im Konto
wenn ich mich anmelde, sehe ich die Daten einer ganz anderen Firma aus {city}. Das ist doch ein Datenschutzproblem, oder? Bitte prüfen.

== normal | Sammelzugang aufteilen
bisher nutzen wir zu fünft einen gemeinsamen Login. Unsere IT verlangt persönliche Benutzer. Wie legen wir die an, und bleibt die Bestellhistorie erhalten?

== low | Konto löschen
ich arbeite nicht mehr im Einkauf und brauche meinen Portalzugang nicht mehr. Mein Benutzerkonto kann gelöscht werden, wenn Sie mal Zeit haben.

== normal | Anmeldung über Single Sign-on
unsere IT möchte die Anmeldung am Portal über unser Firmenkonto laufen lassen. Unterstützen Sie SSO mit SAML oder OpenID Connect?

== normal | Keine Berechtigung
seit heute steht bei mir im Portal "Sie haben keine Berechtigung für diese Seite", sobald ich auf Bestellungen klicke. Gestern ging es noch.

== normal | Mailadresse gehört jemand anderem
unser Zugang läuft auf eine Mailadresse, die es nicht mehr gibt. Deshalb kann niemand das Passwort zurücksetzen. Können Sie die Adresse im Konto ändern?

== high | Ausgesperrt vor dem Monatsabschluss
ich bin seit Tagen aus dem Portal ausgesperrt und brauche die Rechnungen dringend bis {weekday}. Das Formular zum Zurücksetzen führt nur auf eine Fehlerseite. Bitte mit Vorrang freischalten.

== normal technical | WLAN-Modul
die Maschine lässt sich nicht mit dem Firmen-WLAN koppeln, sie findet nur das Gästenetz. In der App bleibt sie grau. Welche Einstellungen braucht das Modul?

== normal | Benutzer doppelt
ich bin im Portal zweimal angelegt, einmal mit Umlaut und einmal ohne. Bitte führen Sie die beiden Benutzerkonten zusammen.

== low | Profilbild und Sprache
kann man im Kundenkonto die Sprache auf Englisch umstellen? Eine Kollegin hätte es gern, ist aber nicht wichtig und hat Zeit.

== urgent still | Phishing mit unserem Konto
von unserem Portalkonto wurden heute Nachrichten mit einem Link an Kollegen verschickt, das waren nicht wir. Offenbar kennt jemand das Passwort. Bitte sofort sperren!

== normal | Einladung für neuen Standort
für die Niederlassung in {city} brauchen zwei Personen einen Zugang zum Portal. Wie lade ich die ein? Den Menüpunkt "Benutzer" sehe ich nicht.

== normal | Sitzung läuft ständig ab
ich werde im Portal alle zwei Minuten abgemeldet und muss mich neu einloggen. Der Warenkorb ist dann jedes Mal leer.

== normal | Neuer Zugang für Werkstudentin
unsere Werkstudentin soll im Portal bestellen können, bis höchstens 150 Euro. Bitte legen Sie einen Benutzer mit diesen Rechten an.

== normal | Admin nicht mehr da
die einzige Person mit Adminrechten im Portal ist im Mutterschutz. Ich soll die Benutzer verwalten und brauche dafür die Rechte.
`,
  evaluation: `
== normal | Anmeldung im Portal nicht möglich
mein Passwort wird nicht mehr angenommen, und beim Zurücksetzen kommt keine Mail bei mir an. Bitte setzen Sie den Zugang zurück.

== normal | Benutzer freischalten
mein Benutzerkonto wurde nach mehreren Fehlversuchen gesperrt. Können Sie es wieder aktivieren?

== normal | Zugang für Azubi
wir bräuchten einen weiteren Portal-Benutzer für unseren Auszubildenden, mit Bestellrechten bis 200 Euro. Geht das?

== urgent still | Fremder Zugriff auf unser Kundenkonto!
jemand hat sich in unser Konto eingeloggt, das Passwort geändert und unsere Daten heruntergeladen. Bitte sofort sperren! Ich komme selbst nicht mehr hinein.

== normal | Handy verloren
mit dem Diensthandy ist auch der Anmeldecode weg. Wie komme ich ohne zweiten Faktor wieder in mein Konto?

== normal technical | App zeigt Maschine offline
seit dem Routertausch zeigt die App unsere {machine} als offline an. Wie bringe ich sie wieder ins WLAN und in die App?

== low | Mailadresse im Login
irgendwann müsste mein Benutzername auf die neue Mailadresse umgestellt werden. Der Login funktioniert noch, also keine Eile.

== normal solo | passwort
hab mein passwort vergessen und der link funktioniert nicht

== normal | Admin ausgeschieden
unsere Administratorin ist in Elternzeit, niemand sonst kann Benutzer verwalten. Bitte geben Sie mir die Adminrechte für unser Portal.

== high | Niemand kann sich anmelden
seit Tagen bekommt unsere ganze Abteilung beim Login nur eine Fehlermeldung. Wir können nichts bestellen und Ihr Support hat auf zwei Mails nicht reagiert.
`,
  trainingDetails: `
Ich schreibe von der Mailadresse, die im Portal hinterlegt ist.
Es geht um das Kundenportal auf Ihrer Webseite.
Unsere IT hat auf unserer Seite nichts gefunden.
Mit dem Portal arbeiten bei uns {few} Personen.
In der Hilfe zum Portal steht dazu nichts.
Unser Konto läuft unter {customer}.
`,
  evaluationDetails: `
Das Benutzerkonto gibt es seit etwa {few} Jahren.
Eine Telefonnummer für den Portal-Support habe ich nicht gefunden.
Wir nutzen das Portal fast täglich.
Die Kundennummer für das Konto ist {customer}.
`,
});
