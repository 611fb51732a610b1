/** English tickets about changing a service or rental contract. */
import { categoryTexts } from "../template.ts";

export const contractChangeEn = categoryTexts("contract_change", "en", {
  training: `
== normal | Contract {contract}: change to the {plan} plan
we would like to switch our service contract to {plan}, ideally from the first of next month. What is the monthly price and does the term change?

== normal | Office move
on {soon} we are moving to {city}. The contract for the machine should move to the new address with us. What do you need from our side?

== normal | Company renamed
our company has had a new name since {month}. Please change the contracting party in {contract}. I am attaching the extract from the commercial register.

== normal | Add a second machine to the contract
we bought another {machine} for the warehouse and want to include it in the existing service agreement. Please send an offer for the extension.

== low | Term of our contract
when does our contract actually end and what are the options after that? We are thinking about a smaller package but have no date in mind yet.

== normal billing | New billing address
our invoices should go to headquarters in {city} from now on, the delivery address stays the same. Please update it in the contract.

== normal | Adjust the amount in our subscription
with so many people working from home we need only half the coffee. Can we reduce the monthly amount from {some} to {few} kg?

== normal | Change of contact person
Ms Lehmann has left the company. I am the new contact for contract {contract}. Please adjust your records.

== normal | Take over a contract
we are taking over the rooms of the company next door including their {machine}. Can the running contract be transferred to us?

== normal solo | change plan
Hello, please move us from Basis to Komfort. Thanks. Contract {contract}

== normal solo | Please put contract {contract} on our new company address

== high | Contract change still not done
I have been waiting three months for you to move our contract to the smaller package. It was promised twice. We overpay every single month! Please get it done this week and credit the difference.

== normal | Swap for a bigger machine
the Piano has become too small for 45 people. Can we change to a larger rental machine during the term? What would the rate be?

== normal | Pause the contract
our canteen will be refurbished for three months from {month} on. We need neither servicing nor beans in that time. Can the contract be suspended?

== low | Extension on better terms
the contract expires next year. If you can meet us on the price we would be glad to extend. Make us a proposal whenever it suits you.

== normal | Response time in the contract
instead of 48 hours we would need a response time of 8 hours, as the training centre now depends on it too. Is this possible within the current contract and at what surcharge?

== normal | Annual payment
can we change the service contract from monthly to yearly payment? Is there a discount for that?

== normal | Delivery interval
please change our bean subscription from monthly to every six weeks. Everything else stays as it is.

== normal | Fewer machines
we are giving up the third floor and need only {few} machines in contract {contract} from then on. By how much does the rate go down and who collects the spare unit?

== normal | Name on the contract
my surname has changed and the contract still lists me under the old one. Please correct the name of the contact person.

== normal | From sole trader to limited company
we have become a limited company and the service contract should run in its name. Do you need a new signature?

== normal | Extend service hours
we now work in two shifts. Can the service agreement be extended to Saturdays and until 10 pm? Please make an offer.

== normal | Different beans in the subscription
from the next delivery on, please change our subscription from {beans} to the house blend, same amount and interval.

== low | Combine our contracts
by now we have three separate contracts with different terms. In the long run we would like one framework agreement. No rush, let us talk about it some time.

== high | Moving on {weekday} and the contract still has the old address
I have reported the change of address three times. We move on {weekday} and your dispatch still wants to leave the machine at the old place. Please change the contract urgently.

== normal billing | Cost centre in the contract
please add to the contract data that invoices go to payables@ and must carry cost centre 7{last4}.

== normal | Add water filters
the {plan} plan does not include filter changes. Can we add them to the current contract and what does that cost per month?

== normal | Another unit in the same contract
we are getting another unit for our new floor and would like it in the same contract with the same term. How will our monthly rate change?

== normal | Lower monthly quantity
please reduce the quantity of beans in our subscription from {some} to {few} kg per month, starting with the next delivery.

== normal billing | Invoice address only
nothing changes in the contract itself, but invoices should go to our PO box {last4} in {city} from now on.
`,
  evaluation: `
== normal | Upgrade of our service contract
we would like a higher service package, {plan} instead of what we have now. From when could you switch us and what will the monthly rate be?

== normal | Relocation
our office is moving in {month} and the rental machine moves too. Please change the location in contract {contract} and tell me who takes the machine down and sets it up again.

== normal | Different company name
after the merger our name is different. The service contract would have to be rewritten to the new entity. Is an e-mail enough for you?

== normal | One more machine
we are about to rent another {machine} for our new floor. Can it go into the same contract so that there is only one term?

== normal | Less coffee in the subscription
we want to reduce the quantity in our bean subscription, {few} kg a month will do in future instead of {some} kg.

== low | Adjust contract towards the end of the year
at some point in autumn we would like to move our contract to a smaller package. Which options would there be?

== normal billing | Change billing address of the contract
the new address for invoices is: Central Services, PO box {last4}, {city}. The contract itself stays as it is.

== high | Plan change did not happen
the change to {plan} was confirmed to me in writing for {date}, yet everything keeps running on the old, more expensive plan. This is my fourth e-mail. Please change the contract this week.

== normal solo | contract
hi we are getting a 2nd machine, can it be added to our contract?

== normal | New contact
I am taking over everything to do with the coffee machines from my predecessor. Please enter me as the contact for our contract.
`,
  trainingDetails: `
It concerns contract {contract}.
All other terms should remain the same.
Please send me the amended contract for signature.
Only our managing director may sign.
We signed the contract {few} years ago.
Preferred date for the change: {soon}.
`,
  evaluationDetails: `
Our contract number is {contract}.
A new offer for the remaining term would be welcome.
Otherwise nothing should change in what is included.
We would need an amendment that our boss can sign.
`,
});
