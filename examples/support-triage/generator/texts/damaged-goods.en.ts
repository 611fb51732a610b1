/** English tickets about goods that came broken, leaking, wrong or spoilt. */
import { categoryTexts } from "../template.ts";

export const damagedGoodsEn = categoryTexts("damaged_goods", "en", {
  training: `
== normal | Damaged goods in order {order}
our delivery came today but the box was soaked through and two bags of milk powder have burst. Photos attached. How do we get a replacement?

== normal | Broken cups
eight of the {some} cups we ordered are smashed. There was no padding in the box whatsoever. Please send the broken ones again.

== normal | Wrong beans
we ordered {beans} and received decaf. Nobody here is going to drink that. Could you swap it and have the wrong bags picked up?

== high technical | {machine} damaged in transit
when we unpacked the new machine we saw that the front panel is dented and the touch screen is cracked. The pallet looked fine from outside so my colleague signed for it. We have not switched it on. What happens now? We cannot use it like this and have no other machine.

== normal | Carton of paper cups torn open
one of the cartons was open and dirty when it got here and the cups cannot be used. I would like a credit note or a replacement.

== normal | Cocoa past its date
the cocoa you sent us has a best-before date from last autumn! We cannot serve this to anyone. Please exchange the whole batch.

== normal technical | Scratch on brand new machine
the left side of the machine that was delivered has a long scratch that you see straight away. It works, but at this price I expect a flawless unit or a discount.

== high | Everything soaked and ruined
parcel {tracking} was one big puddle. A bottle of descaler leaked and ruined all {some} bags of coffee. We have nothing left to drink in the building, so we need a replacement before the week is over.

== normal solo | damaged
box arrived crushed, beans all over the place. order {order}, pls replace

== normal solo | Glass jug arrived in pieces, please send a new one ({order})

== normal | Something is off with this batch
the last bags of {beans} smell musty and taste of cardboard. Several people said so independently. The batch code is L{last4}. Is there a known problem?

== normal | Wrong item in the parcel
instead of the cleaning tablets we got filter cartridges that do not even fit our {machine}. The packing slip is right, the contents are not. Please send the right item with a return label.

== normal | Vacuum bags not sealed
{few} of the bags have lost their vacuum and the beans are obviously stale. I would like to return them. Do you need them back or is a picture enough?

== low | Small dent
only for the record, one of the tins has a small dent. We do not mind at all, but perhaps pass it on to your warehouse.

== high technical | Machine arrived without a water tank
the {machine} came yesterday, but the water tank and the drip tray are missing from the box. We cannot use it at all and the old one is already scrapped. Please send the missing pieces as soon as you can.

== normal | Return label for broken glasses
I reported breakage a week ago and was supposed to receive a return label. It never came. Could you send it again, a PDF is fine?

== normal | Bugs in a bag of cocoa
not pleasant to write, but there were small beetles in one of the bags. We have not opened the others. Please take the shipment back and refund us.

== urgent still | Pieces of glass in a coffee bag!
we found splinters of glass in a bag of {beans} from order {order}! A colleague has already had a cup from it. We have locked everything away. Please get in touch immediately, other customers must be affected too.

== normal | Syrup bottles leaking
two of the vanilla syrup bottles leaked in transit and everything in the carton is sticky. I would like to claim for the whole box.

== normal | Ground coffee instead of beans
we ordered whole beans and the box contains ground coffee, which our machine cannot use. Please take the wrong goods back and send what we ordered.

== normal | Somebody else's logo
our printed cups are here but with the logo of another company. They must have been swapped. Who collects them and when do we get ours?

== high technical | Brand new machine arrived broken
the {machine} must have been dropped, the hopper is shattered and there are loose parts in the box. We urgently need a replacement, the training is on {weekday}.

== normal | Left in the rain
the courier left the parcel outside in the rain. The sugar has turned into a brick and the paper cups are warped. How do I make a claim?

== low | Label on crooked
the labels on two tins are crooked. The contents are perfect and we need no replacement. Only a note for your packing team, no reply needed.

== normal | Underweight bags
we weighed them: the 1 kg bags contain about 900 grams only, all {few} of them. Please look into this and refund the difference.

== normal | Cups stained
the cups from {order} came with brown stains that do not wash off. They look used. Please exchange them.

== normal technical | Dent at the back
there is a dent in the back panel of the {machine}, which must have happened in transit. It does run, but we want to report it as transport damage and hear what you propose.

== normal | Mouldy
when we opened a bag of {beans} there was mould inside although it should keep for a year. We are not touching the rest of the batch, please replace it.

== normal | Damp creamer
the creamer sachets are damp and lumpy although the date is a long way off. They must have been stored badly. I am returning the {few} boxes and ask for fresh goods.

== normal technical | Used machine sold as new
there was old water in the machine that you delivered as new and there are coffee stains on the spout. We paid for a new unit and that is what we want.
`,
  evaluation: `
== normal | Parcel arrived in a terrible state
the courier handed over a badly crushed box. Three bags burst inside and there are beans everywhere. We would like replacements for the broken bags.

== normal | We got someone else's order
our box had tea and sugar sticks in it instead of the beans we ordered. Please exchange it, the packing slip for {order} is attached.

== high technical | Cracked display on the {machine} you delivered
while unpacking we noticed a crack across the display and the housing is bent at the back, clearly damaged in transport. We need a working unit from {weekday} on. How do we get an undamaged machine fast?

== normal | Lumpy milk powder
several bags from the delivery are damp and have gone completely solid, although they should keep for another year. I want to return these.

== normal | Half the glasses are broken
the latte glasses were wrapped in a sheet of thin paper and half of them are in pieces. Will you give us a credit or send new ones?

== normal solo | wrong stuff
hi we ordered espresso and got decaf, what now?

== low | About the packaging
one tin was slightly squashed but what is inside is fine. No replacement needed, I only wanted to report it.

== normal | No return label in the box
there should have been a label for returning the damaged cups but there was none in the parcel. How do I get the goods back to you?

== normal technical | This machine is not new
the {machine} that was sold to us as new has scratches on the spout and old coffee in the tray. It is obviously a returned unit. We want a new one or a proper discount.

== urgent still | Metal in the coffee
we found metal shavings in a bag from batch L{last4} and one of our staff has cut his gum. Call us back at once, you have to stop this batch!
`,
  trainingDetails: `
I have attached pictures of the damage.
We kept the packaging in case you need it.
The delivery note lists everything correctly.
The box can be collected at any time.
Everything else in the delivery is intact.
Do I have to send anything back?
Replacement or refund, either is fine with us.
`,
  evaluationDetails: `
Happy to send photos.
The box is still here if anybody wants to inspect it.
From the outside the package looked undamaged.
The rest of the shipment is fine.
Shall we throw the broken items away or return them?
`,
});
