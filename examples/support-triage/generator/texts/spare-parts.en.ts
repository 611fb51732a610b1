/** English tickets about parts, accessories and consumables for a machine. */
import { categoryTexts } from "../template.ts";

export const sparePartsEn = categoryTexts("spare_parts", "en", {
  training: `
== normal | Spare part: drip tray for the {machine}
our drip tray has a crack. Can it be ordered separately and how much is it? The serial number is {serial}.

== normal | Milk hose
I am looking for a new milk hose for the {machine}. The shop only lists a complete set for over 80 euros. Is the hose available on its own?

== normal technical | Which seal fits?
a seal on the brewing unit has gone brittle. The exploded drawing shows three similar ones. Which part number do I need and how is it fitted?

== normal | Filter cartridges
which filter cartridge belongs in our machine? We still have old ones but they do not click into place. Please quote {few} of the right type.

== low | Cleaning tablets for stock
please add two tins of cleaning tablets to our next delivery. We still have some, this is just to stock up.

== normal | Water tank
the lid of the water tank broke in the dishwasher. I would need a new lid, or the whole tank if necessary. Do you have it in stock?

== high | Part on back order for five weeks
we are waiting for the pump that your technician ordered for us. Without the part the machine is down and all we hear is "next week". When will the part REALLY be here?

== normal | Lockable bean hopper
is there a lockable bean hopper for the {machine}? A remarkable amount of beans goes missing here.

== normal technical | Replace the grinder ourselves
your technician says the grinder is worn out. Can a handy caretaker fit the spare part himself, is there an instruction for it and which tools does it take?

== normal | Lost key
the key for the front door of the machine is gone. Can it be ordered again? The lock says {last4}.

== normal solo | spare part
need a drip grid for {machine}, where to order?

== normal solo | 2x brewing unit for {machine}, price and lead time please

== normal | Accessory: milk cooler
we would like to add a milk cooler next to the {machine}. Which one has the right connection and does it come with hoses?

== normal | Ordered the wrong part
by mistake I ordered the spout for the Piano instead of the Forte. Can I exchange the unused part? The article number is enclosed.

== normal | Maintenance kit
the manual mentions a maintenance kit with seals and grease. Under which article number do I find it in the shop?

== low | Cup dispenser
do you have cup dispensers for the wall? Only for information, we are redoing the kitchen after the summer.

== normal | Descaler
I cannot find the liquid descaler in the shop. May we use one from the supermarket or will we lose the warranty? Otherwise please send {few} bottles.

== high | Valve needed urgently
our own building technician could repair the machine at once, all we lack is the solenoid valve. Please send it by express, the canteen is down, whatever it costs.

== normal | Rubber feet
two of the rubber feet of our {machine} are missing and it wobbles. Are they sold as a spare part in a set of four?

== normal | O-rings and grease
which O-rings belong in the brewing unit of the {machine} and do you have the right grease? Please quote article numbers and prices.

== normal technical | Pump or valve?
I want to repair the machine myself and do not know whether I need the pump or the check valve as a spare part. Can you tell me how to find out?

== high | Seal kit needed urgently
without the seal kit our machine remains out of operation and your shop says "not available". Do you have one lying around somewhere? We urgently need the part by {weekday}.

== low | Wear parts for our shelf
we are building up a small stock of wear parts. Put together a package for the {machine} some time, no rush.

== normal | Broken spout
the plastic nose of the spout has snapped off. How much is a new spout and can I just clip it on?

== normal bare | Do old accessories fit?
we moved from the Piano 6 to the Forte 12. Can we go on using the old milk container and the filter cartridges?

== normal | Consumables
we need {few} tins of cleaning tablets, {few2} filter cartridges and a brush for the grinder. I cannot find the brush in the shop.

== normal | Part number
all that is left on the broken part is "...{last4}-B". Can you tell from that which spare part it is?

== normal | Cracked tray
our {machine} has a crack in the tray that catches the drips. Is the part available separately and what does it cost?

== normal technical | A ring fell out
while cleaning the brewing unit a ring fell out and I do not know where it belongs. Which spare part is it and how do I put it in correctly?

== low | Descaler and tablets
we will be needing descaler and cleaning tablets again some time. Is there a set? It can wait.
`,
  evaluation: `
== normal | New drip tray
the tray under the spout has cracked and we need a replacement. Is the part for the {machine} available separately?

== normal technical | Looking for the right seal
after cleaning, a sealing ring fell out of the brewing unit, completely brittle. Which spare part is the right one and how do I put it in?

== normal | Reorder water filters
I would like to order {few} filter cartridges for our machine but do not know the article number. Which ones fit the {machine}?

== normal | Hose for the milk system
the milk hose has become brittle. How much is a new one and can I order it directly in the shop?

== high | Part still not available
the pump we ordered has been on back order for weeks and our machine is out of operation because of it. When will the spare part finally come?

== low | Tablets and descaler
some time soon we will need cleaning tablets and descaler again. Is there a reasonably priced set?

== normal solo | part
where do i get a new drip grid? {machine} {serial}

== normal | Key for the front door
we have misplaced the key to the machine. Could you send us two spare keys with the number {last4}?

== normal | Retrofit a milk cooler
can the {machine} be fitted with a milk cooler later on? Please give me article number and price of the matching accessory.

== normal | Exchange a spare part
the water tank that was delivered does not fit, I must have picked the article number of the previous model. Can I swap the part for the right one?

== normal | Two drip trays for our {machine}, price and availability?
`,
  trainingDetails: `
We have had the machine for {few} years.
The machine has the serial number {serial}.
A photo of the part is attached.
Please include price and lead time.
The unit is a {machine}.
We would prefer an original part to a copy.
`,
  evaluationDetails: `
Serial number on the unit: {serial}.
The old part is still here, I can take a picture.
What would that cost including shipping?
I cannot find the part in the shop.
`,
});
