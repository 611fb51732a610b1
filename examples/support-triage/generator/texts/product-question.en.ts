/** English tickets that ask for advice: machines before a purchase, coffees, ingredients, data sheets. */
import { categoryTexts } from "../template.ts";

export const productQuestionEn = categoryTexts("product_question", "en", {
  training: `
== normal | Which machine for 40 people?
we are looking for a coffee machine for an office of about 40 people, around 120 cups a day. What would you recommend and what does it cost roughly?

== normal | Oat milk in the {machine}?
more and more colleagues drink oat milk. Can it be used in the {machine} and does it froth at all? Is there a second milk container?

== low | Decaf
do you also have decaffeinated beans in your range? Just wondering, our next order is only due next month.

== normal technical | Does it need a water connection?
we are thinking of putting the {machine} in a room without plumbing. Does it work with a tank or does it need mains water? And what fuse rating does the socket require?

== normal | Allergens
our works council needs a list of the allergens in your cocoa and chai blends. Does any of the products contain hazelnut?

== normal | Quote for {some} kg a month
what would {beans} cost us if we take {some} kg every month? Are there volume prices and from what quantity is shipping free?

== normal | Piano or Forte
I cannot find the difference between the Piano 6 and the Forte 12 on your website. Is it just the larger hopper or can the Forte make two drinks at once?

== normal | Organic and fair trade
our purchasing department may only buy certified coffee. Which of your blends are organic and fair trade, and can you send certificates?

== normal | Sample box
before we commit we would like to try three or four blends. Do you offer a tasting package for companies?

== low | Recipes
is there a collection of recipes for the {machine} anywhere? One of my colleagues raves about iced coffee.

== normal solo | question
can the piano 4 make hot chocolate?

== normal solo | Looking for the data sheet of the {machine}, mainly dimensions and weight

== normal technical | Dimensions and weight
does the {machine} fit under a cupboard with 60 cm clearance? And how heavy is it when full? Our counter is not very sturdy.

== normal | Rent or buy
what is cheaper for a company of 25, renting or buying? I would need a comparison over three years for our management.

== normal | Is {beans} still available?
since yesterday I cannot find it in the shop. Has it been discontinued or is it just sold out? Which blend would come closest in taste?

== normal | Capsules
can we order compostable capsules from you as well or do you only carry whole beans?

== low | Gift ideas
we would like to give coffee to our customers for Christmas. Can the tins be printed with our own logo? There is plenty of time.

== high | Quote needed by {weekday}
for our board meeting on {weekday} I need a quote for {few} machines of the type {machine} including service. Can you manage that? After that the budget is gone.

== normal | Noise level
how loud is the {machine} when grinding? It would stand in an open-plan office where people are on the phone a lot. Is there a quieter alternative?

== normal | Showroom
is there anywhere near {city} where we can see and try your machines? We cannot decide between two models.

== normal | Low-acid coffee
coffee does not agree with some of us. Which of your roasts is lowest in acid?

== normal technical | Power consumption
for our environmental report I need the power consumption of the {machine} in use and on standby, and the connected load.

== low | New blends?
we are curious whether there will be new blends this year. Purely out of interest, no hurry with the answer.

== normal | Payment system
is there a card or chip payment system for the {machine}? Our management wants to charge for private drinks.

== high | Offer missing for our tender
our tender closes on {weekday} and we would like you to take part. We urgently need your offer for {some} machines with data sheets. Can you make it?

== normal | Tea and hot water
can the {machine} dispense hot water for tea at an adjustable temperature? And does a pot fit under the spout?

== normal | Refurbished machines
do you sell refurbished machines as well? For our summer camp a used model with a warranty would be perfectly adequate.

== normal | Plant milk
there are several vegans here: which plant milk is best for the {machine}, soy, almond or oat? Does it need another hose?

== normal | First machine for a team of ten
so far we only have a filter machine. Which model is suited to ten people and do you offer a demonstration or a trial?

== normal | What is in it?
a colleague has a nut allergy. Please send us the list of ingredients for the cocoa and the chai powder, ideally as a data sheet.
`,
  evaluation: `
== normal | Advice: machine for a small office
there are twelve of us and we want to get away from filter coffee. Which of your machines suits us and do you offer a demonstration?

== normal | Lactose-free and oat
does plant milk work in the milk system of the {machine} or will it clog? We have some vegans on the team.

== normal technical | Power and water requirements
our electrician is asking about the power consumption and the water connection of the {machine}. Does it need three-phase power?

== normal | List of ingredients
does your chocolate powder contain gluten or nuts? A colleague has a severe allergy. A data sheet with all the ingredients would be best.

== normal | Prices for larger quantities
we now get through about {some} kg of coffee a month. What price per kilo can you offer and is there a volume discount?

== low | Caffeine-free
do you sell beans without caffeine too? I am only asking in general, we are not planning an order.

== normal | Comparing models
what is the difference between the Forte 16 and the Tutti 40 apart from the price? It matters to us that two people can get a coffee at the same time.

== normal solo | blends
which beans are the mildest? we have the {machine}

== normal | Sustainability
do you have blends with a fair trade label or organic certificate? Our procurement policy requires proof.

== high | Quote at short notice
our management decides on new coffee machines on {weekday}. Could you send me a quote for {few} units of the {machine} before that?
`,
  trainingDetails: `
A brochure or data sheet as PDF would be helpful.
In the end our management has to decide.
You are welcome to advise me by phone.
I could not find anything about it in the shop.
At the moment we drink {beans}.
It should stay within a reasonable price.
`,
  evaluationDetails: `
Your website says nothing about it unfortunately.
I would be happy to receive an offer.
We have been ordering from you for a while.
Mornings are the best time to reach me.
`,
});
