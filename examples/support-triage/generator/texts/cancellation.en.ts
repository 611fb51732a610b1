/** English tickets about ending a contract or subscription, or withdrawing an order. */
import { categoryTexts } from "../template.ts";

export const cancellationEn = categoryTexts("cancellation", "en", {
  training: `
== normal | Cancellation of contract {contract}
we hereby give notice and cancel the above service contract as of the next possible date. Please confirm the cancellation and the end date in writing.

== normal | Closing our office
our site in {city} is closing on {soon}, so we no longer need the rented machine. Please let us know when the contract ends and who will collect it.

== normal orders bare | Cancel order {order}
please cancel order {order}, it was placed twice by mistake. The first one should of course still be delivered.

== normal orders bare | Withdraw my order
yesterday I ordered the wrong kind of beans and would like to withdraw the order before it ships. Is that still possible?

== high | Final request: confirm our cancellation
you have not confirmed our notice of {date} to this day, and you keep charging us instead. Send the confirmation by {weekday} or we will have every debit returned.

== normal | End our bean subscription
please stop our subscription at the end of the month. We have moved to a local roaster. We are keeping the machine and its contract.

== low | Notice period
what notice period applies to our contract? Nothing has been decided, we only want to know for next year's budget.

== urgent still | Termination with immediate effect
after four failed repairs the {machine} still does not run. We terminate contract {contract} with immediate effect. Our lawyer, Dr Veit, has taken over the matter and will set you a deadline of {soon}.

== normal | Withdrawal from purchase
the delivery of the {machine} has now been postponed for the third time. We withdraw from the purchase and ask for our deposit of {amount} back.

== normal solo | cancel
i want to cancel my subscription. please confirm. {customer}

== normal solo | Notice of cancellation to year end, {contract}

== normal orders bare | Please stop this order
if {order} has not been shipped yet, please hold and delete it, my colleague at the branch had already ordered.

== normal | Special right to terminate
you announced a price increase for {month}. We do not accept it and cancel for the same date under section 9 of your terms.

== normal | Do not renew
we do not want our rental contract to renew automatically for another 12 months. Please take this e-mail as notice to the end of the term.

== normal | Subsidiary in insolvency
proceedings have been opened for the subsidiary in {city}. As administrators we cancel all contracts running there and ask for a list of them.

== normal bare | Take back our cancellation
last week we cancelled the service contract. Management has changed its mind, can the cancellation still be undone?

== high | Subscription cancelled but still delivered
although we cancelled the bean subscription two months ago, you delivered and charged again. Please really end it now, collect the goods and refund {amount}!

== normal orders bare | Return the trial machine
we do not want to keep the {machine} after the trial. Please cancel the purchase that would follow and have the unit picked up.

== normal | Let the contract run out
please note that we will not continue rental contract {contract}. As a precaution we hereby give notice to the end of the minimum term.

== normal orders bare | Please do not ship
this morning's order is no longer needed, our client called the event off. Please cancel {order} completely.

== normal | Closing of a practice
the owner of our practice has passed away and the practice is being wound up. We cancel the service contract as of the next possible date. What else needs to be done?

== normal | Trial subscription
we are ending the trial subscription, the coffee is not to our taste. No automatic renewal please.

== high | Notice of {date} still unanswered
I am reminding you of our cancellation for the third time. The notice period ends this week and we urgently need your confirmation.

== normal orders bare | Withdrawing our purchase order
order {order} for the new machine was not approved internally. Please consider the order withdrawn.

== low | How does one cancel?
does a cancellation have to come by post or is an e-mail enough? Nothing is planned, I am only asking for our files.

== normal | Cancel one of three machines
out of our three rental units we are cancelling one as of the end of the quarter, serial number {serial}. The other two contracts go on.

== normal orders bare | Bought elsewhere
please cancel the back-ordered items of {order}, we have bought them locally in the meantime and do not need them any more.

== normal | Branch closing
we are shutting our {city} branch and therefore cancel the rental contract for the {machine} as of {soon}. Please explain how the return of the machine works.

== normal orders solo | Cancel {order}
Hi, I clicked the wrong button, please cancel the order, thanks!

== normal orders bare | Revocation
I revoke the order {order} placed yesterday. As nothing has been shipped yet please just take it out of the system.
`,
  evaluation: `
== normal | Cancelling our service contract
we are cancelling our contract at the end of its term. I would be grateful for a short written confirmation with the end date.

== normal orders bare | Please cancel an order
could you cancel {order} for us? I got the quantity wrong, we need {some} bags and not {many}.

== normal | Cancel subscription
our coffee subscription should end in {month}, we no longer get through the amount. Please no more deliveries after that.

== normal | Give back the rental machine
because our branch is shutting down we are cancelling the rented {machine}. How does the return work and when does the contract end?

== high | Our cancellation is being ignored
I have cancelled twice, once by letter and once by fax, and you happily keep charging us. I insist on a confirmation of the cancellation by {weekday}.

== low | Question on notice period
I would be interested to know by when we would have to cancel the contract. Nothing concrete yet, I am just collecting dates.

== normal solo | cancel pls
please cancel {order}, clicked the wrong thing, sorry

== normal orders bare | Revoking an order
I hereby revoke my order of {date}. It has not been shipped so this should not be a problem.

== urgent still | Extraordinary termination
we terminate for good cause with immediate effect. Our solicitors wrote to you about it today; the deadline expires on {soon}.

== normal | No renewal
please do not extend our rental contract, we want to leave when it expires. This is our ordinary notice of cancellation.
`,
  trainingDetails: `
Please confirm that you have received this cancellation.
We revoke the SEPA mandate for the same date.
Please refrain from win-back calls.
Contract number {contract}.
The reasons are purely internal.
Please do not deliver or charge anything any more.
`,
  evaluationDetails: `
A confirmation by e-mail is all we need.
It has nothing to do with your service.
No calls from your sales team please.
Nothing should be charged after that.
`,
});
