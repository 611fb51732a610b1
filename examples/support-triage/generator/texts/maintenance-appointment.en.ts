/** English tickets about visits of a technician: wanted, moved, confirmed, missed. */
import { categoryTexts } from "../template.ts";

export const maintenanceAppointmentEn = categoryTexts("maintenance_appointment", "en", {
  training: `
== normal | Maintenance appointment for the {machine}
the display says that 10,000 drinks have been reached and the machine asks for maintenance. When could a technician come to our office in {city}?

== normal | Reschedule a visit
we have to cancel the maintenance visit on {soon} at {time} because our office is closed that day. Do you have a slot in the week after?

== high | Technician did not turn up
a technician was announced for today between 8 and 12. It is now half past one, nobody is here and nobody has called. I freed up a colleague just for that. We need a new appointment this week.

== normal | Please confirm the appointment
would you confirm the service visit on {soon} in writing? On the phone they said "in the morning" but I need an approximate time to register your technician at the gate.

== low | Yearly service
our annual service would be due in {month}. Just get in touch when you are in the area anyway, any day suits us.

== normal | Filter change on site
your technician should replace the water filter during the next visit. When is our next appointment?

== normal care | Is maintenance included in our contract?
before we book a date: is the yearly inspection included in our {plan} contract or does the visit cost extra?

== normal | Visitors must be registered
our premises are secured. The service technician has to be registered two days in advance with name and number plate. Please give me these for the appointment on {soon}.

== normal solo | service visit
when is the technician coming? we agreed on {weekday}

== normal solo | Maintenance slot in {month} please, {machine}, {serial}

== normal | Afternoons only
we see patients in the morning and the kitchen is not accessible then. Could you move the maintenance to an afternoon after 2 pm?

== normal | Two machines, one appointment
there are two units in our building and you have scheduled two maintenance visits in different weeks. Can these be combined?

== normal | Water hardness
since the waterworks changed their supply the water here is much harder. We would like a visit from somebody who measures it and adjusts the machine.

== high | Maintenance overdue for months
the maintenance should have taken place in {month}. It was postponed three times, always by you. In three days the machine will lock itself. Please give us an appointment NOW, one that is kept.

== normal | When exactly will the technician be here
your card only says "{weekday}". Can you narrow down the time slot for the visit? I cannot sit in the kitchen all day.

== low | A date in summer
we are planning the summer already: a maintenance visit in July or August would be nice, the exact day does not matter.

== normal | Set up after our move
the machine has arrived in our new rooms after the move. We need a technician to connect and adjust it. When would that be possible?

== normal | Briefing for new colleagues
could somebody show our three new colleagues the daily cleaning at the next service visit? Please plan a little more time for the appointment.

== normal | New date instead
you called off the appointment agreed for {weekday} by e-mail without naming a new one. When will the technician come instead?

== normal | How long does it take?
how long does a maintenance visit for the {machine} take, and can the machine be used meanwhile? It decides which day we suggest to you.

== normal | Service before our fair
before our in-house fair at the end of {month} we would like to have the machine serviced so that it holds out. Which days are free?

== high | Called off again
at six last night the technician's appointment for this morning was cancelled, for the second time. Our maintenance is overdue and we urgently need a reliable appointment this week.

== low | Next round
according to my files the next inspection would be due in {month}. Get in touch when your calendar is ready, no hurry on our side.

== normal | Safety briefing
visitors to our plant have to do a safety briefing of 20 minutes on site. Please allow for that when scheduling the service visit.

== normal | Public holiday
the date you suggested for maintenance is a public holiday here. Please give us another day.

== normal care | Is this one of the free visits?
our contract includes two services a year. Would the appointment on {soon} be the second or already the third? We do not want to pay for a third one.

== normal | Missed call from dispatch
your scheduling team left a voicemail but I could not make out the number. It must have been about the maintenance appointment. Please try again.

== normal | Connect the machine again
our kitchen was renovated and the machine has to be connected again by a technician. Please give us an appointment from {soon} on.

== normal | All machines on one day
can all {few} machines be serviced on a single day? One of us has to walk the technician through the building every time.
`,
  evaluation: `
== normal | Service due
the machine says "service required". Please offer us a date for the maintenance, {weekday} or later suits us best.

== normal | Cancel the maintenance date
on {soon} we are all at a training, so your technician's visit has to be called off. Please suggest another date.

== high | Nobody came
the service technician who was announced did not show up yesterday and dispatch does not answer the phone. This is the second missed appointment already. When will somebody really come?

== normal | Time of the technician's visit
for the appointment on {soon} I still need a time slot because reception has to prepare a visitor badge.

== normal care | Does the inspection cost extra?
does our service contract {contract} cover the yearly maintenance or do we have to pay for the visit? I would only book a date after that.

== low | Regular service
some time this year our next maintenance will be due. Feel free to suggest a date at some point, we are flexible.

== normal solo | appointment
hello, need an appointment for servicing the {machine}. afternoons only. thank you

== normal | Combine the visits
could the appointments for our {few} machines be put on one day? Somebody has to accompany the technician each time.

== normal | Reconnect after refurbishment
now that the kitchen has been refurbished the machine must be connected again. Please schedule a technician from {soon} on.

== high | Machine will lock because service is overdue
the display says that the machine will be locked in 48 hours as maintenance is overdue. The technician postponed twice. We absolutely need an appointment this week.
`,
  trainingDetails: `
Tuesdays and Thursdays suit us best.
Please register at reception on the ground floor.
Our caretaker is the contact on site.
The last service visit was in {month}.
The technician can park in the yard.
The serial number is {serial}.
`,
  evaluationDetails: `
Any day except {weekday} works for us.
The machine is on the second floor, there is a lift.
Please call half an hour before you arrive.
The last maintenance was a year ago.
`,
});
