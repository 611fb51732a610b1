/**
 * Sentences that say how much a matter can wait, and the priority that they give a ticket.
 *
 * A reason raises or lowers a ticket that would be `normal` otherwise, only where it makes sense. A formula ("Eilt
 * nicht.") says shortly what the ticket says anyway; everybody uses the same ones. What each priority means is in
 * ../instructions.en.md. Pure.
 */
import type { Chance } from "./seeded.ts";
import { lines } from "./template.ts";
import type { Category, Language, Priority, Split } from "./taxonomy.ts";

export type Urgency = Exclude<Priority, "normal">;

/** Where a whole office can be without coffee, or locked out, by tomorrow. */
export const CAN_BE_URGENT: readonly Category[] = [
  "delivery_delay",
  "damaged_goods",
  "technical_fault",
  "maintenance_appointment",
  "spare_parts",
];
export const CAN_WAIT: readonly Category[] = [
  "invoice_question",
  "contract_change",
  "maintenance_appointment",
  "account_access",
  "product_question",
  "spare_parts",
];

const WRITTEN: Record<Language, Record<Split, Record<Urgency, string>>> = {
  de: {
    training: {
      low: `
        Das hat keine Eile.
        Es eilt überhaupt nicht, nächste oder übernächste Woche reicht völlig.
        Kein Stress, antworten Sie einfach, wenn Sie Zeit haben.
        Ist nicht dringend.
        Wir brauchen das erst in ein paar Monaten.
        Lassen Sie sich ruhig Zeit damit.
        Nur zur Info und ohne jede Dringlichkeit.
        Das kann gern bis nach den Ferien warten.
        Eine Antwort irgendwann im nächsten Monat genügt.
        Bei Gelegenheit, wenn bei Ihnen weniger los ist.
        Wir planen ohnehin erst für das nächste Quartal.`,
      high: `
        Das ist jetzt schon meine dritte Nachricht dazu, und noch immer hat sich niemand gemeldet.
        Ich habe deswegen bereits zweimal angerufen und wurde nie zurückgerufen.
        Bitte noch diese Woche klären, sonst bekommen wir intern richtig Ärger.
        Wir brauchen bis spätestens {weekday} eine Lösung.
        Auf meine Mail vom {date} habe ich keine Antwort bekommen, daher jetzt noch einmal.
        Es ist wirklich dringend, bei uns steht deswegen alles still.
        Bitte vorrangig behandeln, am {weekday} haben wir wichtigen Besuch.
        Ich warte seit zwei Wochen auf eine Reaktion von Ihnen. Dringend!
        Ohne Lösung bis Ende der Woche haben wir hier ein echtes Problem.
        Zweite Erinnerung! Bitte melden Sie sich endlich.
        Unsere Geschäftsleitung fragt schon danach, bitte kümmern Sie sich dringend darum.
        Auf meine Anfrage von letzter Woche kam keine Reaktion, ich frage hiermit zum zweiten Mal nach.
        Wir können so nicht arbeiten und brauchen unbedingt bis {weekday} Bescheid.
        Wenn das nicht bis {weekday} geklärt ist, wird es teuer.`,
      urgent: `
        Morgen früh kommen {many} Gäste zu uns ins Haus, es muss heute noch etwas passieren!
        SOFORT bitte, heute Nachmittag ist Eröffnung mit {many} Leuten.
        Morgen ist bei uns Messe mit über {many} Besuchern, bis dahin muss das erledigt sein.
        Heute Abend Betriebsfeier für {many} Personen, bitte rufen Sie uns sofort an.
        Heute noch bitte, morgen feiern wir Jubiläum mit {many} Personen.
        In wenigen Stunden kommen {many} Besucher, wir brauchen sofort Hilfe.
        Wir haben ab morgen eine Tagung mit {many} Teilnehmern und stehen sonst ohne alles da. Notfall!`,
    },
    evaluation: {
      low: `
        Eilt nicht.
        Dringend ist das nicht, irgendwann in den nächsten Wochen genügt.
        Wenn Sie mal Luft haben, reicht mir eine kurze Antwort.
        Keine Eile, wir planen erst für den Herbst.
        Das hat Zeit bis zum nächsten Quartal.
        Ohne Dringlichkeit, nur damit es nicht vergessen wird.`,
      high: `
        Ich schreibe Ihnen nun zum dritten Mal und erwarte endlich eine Antwort.
        Bitte dringend erledigen, unser Chef fragt jeden Tag danach.
        Trotz zweier Anrufe in Ihrer Hotline ist nichts passiert.
        Bis {weekday} muss das geklärt sein, danach wird es für uns teuer.
        Meine erste Anfrage vom {date} blieb leider ohne Reaktion.
        Hier steht alles still, bitte kümmern Sie sich vorrangig darum.
        Wir brauchen unbedingt noch in dieser Woche Bescheid.`,
      urgent: `
        Morgen haben wir {many} Besucher zum Tag der offenen Tür, bitte heute noch handeln!
        Es ist ein Notfall: In wenigen Stunden beginnt unsere Tagung mit {many} Teilnehmern.
        Sofort zurückrufen bitte, morgen früh stehen hier {many} Gäste.
        Heute noch! Am Abend feiern wir mit {many} Personen Jubiläum.`,
    },
  },
  en: {
    training: {
      low: `
        There is no rush at all.
        No hurry, whenever you get round to it is fine.
        This is not urgent, next week or the week after will do.
        Take your time, we only need it in a few months.
        Just for your information, nothing urgent.
        It can wait until after the holidays.
        Low priority from our side.
        Whenever you have a quiet moment.
        An answer some time next month is good enough.
        When things are less busy on your side.
        We are only planning for the next quarter anyway.`,
      high: `
        This is the third time I am writing about it and nobody has come back to me.
        I have already called twice and was promised a call back that never came.
        Please sort this out this week, we are under a lot of pressure here.
        We need a solution by {weekday} at the latest.
        I never got a reply to my e-mail of {date}, so here it is again.
        It really is urgent, everything is at a standstill here because of it.
        Please treat it with priority, we have important visitors on {weekday}.
        I have been waiting two weeks for any reaction from you. Urgent!
        If it is not solved by the end of the week we have a real problem.
        Second reminder! Please respond at last.
        Our management keeps asking about it, please look into it urgently.
        There was no reaction to my request of last week, so I am asking for the second time.
        We cannot work like this and definitely need to hear from you by {weekday}.
        If this is not settled by {weekday} it will get expensive.`,
      urgent: `
        We have {many} guests coming tomorrow morning, something has to happen today!
        IMMEDIATELY please, the opening is this afternoon with {many} people.
        Our trade fair starts tomorrow with more than {many} visitors and it has to be done by then.
        Staff party for {many} people tonight, please call us right now.
        Our company anniversary with {many} people is tomorrow, so today please.
        {many} visitors arrive in a few hours and we need help at once.
        From tomorrow we host a conference with {many} participants and would have nothing. This is an emergency!`,
    },
    evaluation: {
      low: `
        Not urgent.
        No rush with this, some time in the coming weeks is good enough.
        A short answer when you have a spare minute is all I need.
        No hurry, we are only planning for the autumn.
        It can easily wait until next quarter.
        Nothing urgent, just so that it is not forgotten.`,
      high: `
        I am now writing to you for the third time and expect an answer at last.
        Please deal with it urgently, our boss asks about it every day.
        Two calls to your hotline have changed nothing.
        It has to be settled by {weekday}, after that it gets expensive for us.
        My first message of {date} was left without a reply.
        Everything is standing still here, please give this priority.
        We definitely need to hear from you this week.`,
      urgent: `
        Tomorrow we have {many} visitors for our open day, please act today!
        This is an emergency: our conference with {many} participants starts in a few hours.
        Call back immediately please, {many} guests will be standing here tomorrow morning.
        Today please! We celebrate our anniversary with {many} people this evening.`,
    },
  },
};

const FORMULAS: Record<Language, Record<Urgency, string[]>> = {
  de: {
    low: [
      "Eilt nicht.",
      "Keine Eile.",
      "Hat Zeit.",
      "Nicht dringend.",
      "Kein Stress.",
      "Ganz ohne Zeitdruck.",
    ],
    high: [
      "Bitte dringend!",
      "Es ist dringend.",
      "Bitte mit Vorrang.",
      "Bitte schnell helfen.",
      "Schnellstmöglich bitte.",
      "Die Zeit drängt.",
      "Dringend um Rückmeldung!",
    ],
    urgent: [
      "Bitte sofort!",
      "Bitte sofort zurückrufen!",
      "Ein Notfall.",
      "Notfall!!",
      "Sofortige Rückmeldung erbeten.",
      "Höchste Dringlichkeit!",
      "Es zählt jede Stunde.",
    ],
  },
  en: {
    low: ["No rush.", "No hurry.", "Not urgent.", "Low priority.", "It can wait.", "No pressure."],
    high: [
      "Urgent please!",
      "It is urgent.",
      "With priority please.",
      "Please help quickly.",
      "ASAP please.",
      "Time is short.",
      "Reply urgently needed.",
    ],
    urgent: [
      "Immediately please!",
      "Call back immediately!",
      "An emergency.",
      "Emergency!!",
      "Immediate reply needed.",
      "Top urgency!",
      "Every hour counts.",
    ],
  },
};

const MARKS: Record<Language, Record<Urgency, string[]>> = {
  de: {
    low: ["Nicht eilig: ", "Ohne Eile: "],
    high: ["Dringend: ", "DRINGEND - ", "Eilt: "],
    urgent: ["NOTFALL: ", "SOFORT: ", "Notfall! "],
  },
  en: {
    low: ["No rush: ", "Not urgent: "],
    high: ["Urgent: ", "URGENT - ", "ASAP: "],
    urgent: ["EMERGENCY: ", "IMMEDIATELY: ", "Emergency! "],
  },
};

/** A reason for an urgency, still with its slots. */
export function urgencyReason(chance: Chance, language: Language, split: Split, urgency: Urgency): string {
  return chance.pick(lines(WRITTEN[language][split][urgency]));
}

export function urgencyFormula(chance: Chance, language: Language, urgency: Urgency): string {
  return chance.pick(FORMULAS[language][urgency]);
}

/** What some people put before their subject. */
export function urgencyMark(chance: Chance, language: Language, urgency: Urgency): string {
  return chance.pick(MARKS[language][urgency]);
}
