/** English tickets about deliveries that are late, incomplete or lost on the way. */
import { categoryTexts } from "../template.ts";

export const deliveryDelayEn = categoryTexts("delivery_delay", "en", {
  training: `
== normal | Order {order} has not arrived
we ordered {some} kg of {beans} on {date} and were told three working days. It is now well past that and there is no sign of a parcel. Where is it?

== normal | Tracking stuck
the tracking for {tracking} has been showing "in transit" since last {weekday} without any movement. Could you check with the courier whether it got lost?

== normal | Delivery date?
I placed an order for our office in {city} and would like to know when it will be delivered. The portal only says "processing".

== high | Still no coffee!!
This is getting ridiculous. The delivery was promised for Monday, then Wednesday, then "first thing Friday". We have run out completely and I have sixty caffeine-deprived engineers looking at me. Tell me today when the beans will actually get here.

== normal | Part of our order is missing
only two of the four boxes turned up this morning. The cups and the cocoa are on the delivery note but not in the boxes. Is the rest coming separately?

== high technical | Nobody showed up to install the {machine}
the new machine was supposed to be delivered and installed on {weekday} morning. I took half a day to be here and let your people in. No van, no call, nothing. Our old machine is gone already so we have no coffee at all. When is the new delivery date?

== normal | Parcel marked as delivered but it is not here
according to the courier our parcel was signed for on {date} by a "Mr Miller". There is no such person in this building and our mailroom has not seen anything. Please investigate.

== normal | Change of delivery address for a shipped order
I have just noticed that order {order} is on its way to our old office. Can the driver still be redirected or will it bounce back to your warehouse?

== low | Rough delivery date for next month
just checking whether our standing order for {month} is already scheduled. We have plenty of stock, so no worries if it ships late.

== normal solo | where is my order
hi, order {order}, still waiting. any news? thx

== normal solo | Delivery {order} overdue, please advise

== high | Third e-mail about the late shipment
I wrote on {date} and again last week and all I got was an automatic reply. The order is three weeks overdue. If we do not have a firm delivery date by tomorrow we will buy our beans elsewhere.

== normal | Monthly beans did not come
our subscription box normally arrives in the first week of the month. Nothing came this time and I did not get a shipping notice either. Has it been forgotten?

== normal | Pallet delivery attempted at 6 am
the haulier left a card saying they tried to deliver at 6.10 in the morning. Nobody is here before eight. How do I book a second delivery attempt at a sensible hour?

== urgent still | URGENT: express delivery for tomorrow's event is missing
we paid for express delivery of {order} because {many} people are coming to our summit tomorrow morning. It has not turned up and the courier cannot find it. Please phone me right away, any time tonight!

== normal | Held at customs
our shipment to Switzerland has been sitting at customs for over a week. Is there a document missing from your side? It usually clears within two days.

== normal | Lead time for the {machine}
your quote said four weeks. We are now in week seven and nobody has told us anything. I would appreciate a realistic delivery date that I can pass on to my director.

== normal | Driver could not find us
got a text that the driver was unable to locate our address. The entrance is through the courtyard, which is written in the delivery notes. Please send the package out again.

== low | Please deliver later if possible
our office will be closed for two weeks from {soon}. If the order has not left your warehouse yet, feel free to ship it after that.

== normal | Lift out of order, driver left
our lift was broken on {date} and the driver refused to bring the boxes to the fourth floor, so he took them away again. It works now. Can you arrange redelivery?

== normal | Which order is this parcel?
we received a shipping notice for {order}, but what we are really waiting for is {order2}. That one was placed earlier and has not shipped. Were they mixed up?

== normal | ETA please
could somebody give me an ETA for our beans? The estimated arrival in the confirmation was {date} and that has come and gone.

== high | Canteen closed because nothing was delivered
we had to close the coffee bar today since your delivery did not come for the second time. We urgently need to know when the pallet will arrive. Please give this top attention this week.

== normal | Carrier depot
the parcel is sitting in the carrier's depot in {city} "awaiting instructions from sender". They will not talk to me because I am only the recipient. Can you call them?

== low | Moving our delivery day
is it possible to have our regular delivery on Thursdays from next month on? No hurry, just when you plan the next round.

== normal | Signed by whom?
tracking says the parcel was left "in a safe place". We have looked everywhere including behind the bins. Please ask the driver where he put it, or ship again.

== urgent still | Event tomorrow, nothing here
this is an emergency. {many} guests arrive tomorrow at nine and the express parcel is still in {city} according to the tracking. Please find a courier immediately.

== normal | Split shipment
I have just been told the order will come in three shipments. Two have come. Is there a date for the last one?

== normal | Order confirmed but silence since
we got an order confirmation two weeks ago and nothing since then, no shipping notice and no tracking number. Is it still on its way?

== normal | Refused? Certainly not
the tracking says "delivery refused by recipient". There was no driver here. Please have the shipment delivered again and let us know the day.

== high technical | Fitters and machine did not come
the {machine} was due to be delivered and connected on {date}. The kitchen is empty, the old machine is gone and your fitters did not come. We urgently need a new delivery date.
`,
  evaluation: `
== normal | Where is our delivery?
it has been ten days since we ordered and we still have nothing. I was told the beans were in stock and would ship right away. Could you look into order {order} for me please?

== normal | Tracking link shows nothing
the link in your shipping mail says the label was created but the parcel was never handed over. Has our order left your warehouse at all?

== normal | Incomplete shipment
half of what we ordered is missing: we got the {beans} but not the milk powder and not the stirrers. Will there be a second parcel, or did someone forget it?

== high | Late again
for the third month in a row the delivery is overdue and nobody answers our calls. From {weekday} we will be out of coffee altogether. We expect a fixed date today.

== normal | Courier returned the package
the courier says the package went back to you because the address was incomplete. Our floor number was not on the label. Can you ship it again?

== high technical | New machine was not delivered yesterday
our {machine} should have been delivered and connected by your fitter yesterday. We cleared the whole kitchen for it and then nobody came. I need a new date quickly, the old one has already been collected and there are seventy of us.

== normal solo | any update??
still no parcel here, was supposed to come last week. {order}. pls check

== normal | They say we refused the delivery
the haulage company claims that we refused to take the pallet. That is simply not true, nobody was ever here. Please arrange another delivery and tell us the day in advance.

== low | Quick shipping question
will our bulk order still go out before the holidays? Afterwards is fine as well, I would just like to plan who can receive the boxes.

== urgent still | Coffee for tomorrow's trade show has not come
the {some} kg of espresso for our stand were confirmed for today and have not arrived. Doors open tomorrow for {many} visitors. Is there any way to send a courier tonight?
`,
  trainingDetails: `
We ordered through the web shop as usual.
The confirmation gave {date} as the delivery date.
Our order number is {order}.
Deliveries go to the ground floor here.
The goods should come to loading bay 2 as always.
Shipping has always worked well until now.
The courier only tells us to contact the sender.
`,
  evaluationDetails: `
I do have a tracking number, it is {tracking}.
Somebody is at reception from seven to six to accept parcels.
The promised date was {date}.
Reception has been told to expect it.
Last time the parcel took two days.
`,
});
