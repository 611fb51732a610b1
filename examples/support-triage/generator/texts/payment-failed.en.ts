/** English tickets about payments that bounced, were taken twice, or did not go through in the shop. */
import { categoryTexts } from "../template.ts";

export const paymentFailedEn = categoryTexts("payment_failed", "en", {
  training: `
== normal | Direct debit returned
you informed us that the direct debit of {amount} was returned. There was enough money in the account. Could you please try to collect it again?

== high | Charged twice!
on {date} you took {amount} from our account not once but twice. Please transfer the second amount back right away, otherwise we will have the bank reverse it.

== normal orders | Credit card not accepted
each time I try to pay with our company credit card the shop says "payment failed". The card works everywhere else. What is the reason?

== normal | New bank details
we have changed banks. Please debit the new account from now on, the old one (ending in {last4}) will be closed at the end of the month. Do you need a new SEPA mandate?

== normal | Bank transfer bounced
our transfer for {invoice} came back with the reason "account closed". Have your bank details changed? The invoice still shows the old ones.

== high | Wrong amount collected
you collected {amount} although invoice {invoice} is only for a fraction of that. Our account is overdrawn because of it. Please refund the difference immediately.

== normal orders | Pay by invoice has disappeared
the checkout only offers prepayment, buying on account is greyed out. It has always worked before and I cannot complete an order like this.

== normal | Fee for returned debit
you are charging us 8.50 euros for a returned direct debit. Our bank says no debit was ever presented. Please check.

== normal orders | PayPal gets stuck
after logging in to PayPal I end up on a blank page. The money has been reserved but the order does not show up on your side. Is it paid or not?

== normal solo | cannot pay
card declined, tried 3 times, different browsers. pls help

== normal solo | Direct debit of {date} was returned, please collect again

== normal | Cash discount not taken
we agreed that you collect by direct debit with 2 % early payment discount. You took the full sum instead. Please refund the difference or deduct it from the next collection.

== normal | SEPA mandate form
we cannot find the SEPA mandate that you sent us for signature. Without the mandate our bank refuses the debit. Please send the form again.

== high | Shop account blocked for non-payment
our account is blocked because a payment is supposedly open. The transfer of {amount} has been with you since {date}, proof attached. We have not been able to order for days!

== normal | Payment booked to the wrong invoice
we transferred {amount} and quoted the wrong invoice number by accident. Could you reassign the payment to {invoice}?

== normal | Refund not received
the refund for our return was supposed to be in our account within five days. Three weeks later nothing has been credited.

== low | Switch payment method
we would like to move from direct debit to bank transfer. Any time in the next quarter is fine.

== normal | Card on file has expired
the card stored for our bean subscription has expired, which is probably why you could not charge it. The portal does not let me save the new card. How do we do this?

== urgent still | Unknown charges on our card!
last night five payments went through on the card stored with you and none of us made them. This looks like fraud. Please block the card immediately!

== normal | Collected too early
you pulled the direct debit a week before it was due and the account was not funded yet. Please collect it again on the right date.

== normal | Mandate error at the bank
our bank returned the collection with code "MD01, no valid mandate". Do you have our mandate on file? If not please send a new one.

== high | Charged three times
our company card was charged {amount} three times on {date}, we ordered once. The card is at its limit now. Please refund the duplicate payments urgently.

== normal orders | 3-D Secure loop
after I approve the payment in my banking app the shop jumps back to the cart without paying. It happens with every card. Is your payment page broken?

== normal | Pay out our credit balance
we overpaid and there is a credit of {amount} with you. Please transfer it back to our account instead of offsetting it.

== normal | Has our payment arrived?
did you receive our transfer of {date}? Our bank had an outage that day and I do not want to pay twice.

== low | Direct debit in future
so far we transfer each invoice by hand. Some day we would like to move to SEPA direct debit, send me the form when you get a chance.

== normal orders | Voucher breaks the checkout
when I pay, the voucher is accepted and then the checkout hangs with a spinning wheel. Without the voucher it works. What am I doing wrong?

== high | Threatened with court although we paid
you write that our payment was not received. It was executed on {date}, bank confirmation attached. Please allocate the money urgently and release our deliveries.

== normal | Bank account no longer exists
the account that you debit has been closed, that is why the payment was returned. I would rather give you the new IBAN over the phone, who is in charge?

== normal | Failed debit
your mail says the debit of {amount} failed. There were more than enough funds in our account and the bank cannot find any attempt. Please debit us again.

== normal | No refund yet
the refund for the goods we gave back has not reached our account. When are you going to transfer the money?

== normal orders | Only prepayment at checkout
the checkout no longer lets us pay by invoice, only prepayment is left. In the cart there used to be an invoice option. Has something changed in the shop?
`,
  evaluation: `
== normal | Debit did not go through
your letter says that {amount} could not be debited. Our bank knows nothing about it and the account had sufficient funds. Please collect the payment again.

== high | Paid twice
our credit card was charged {amount} two times for order {order}. We want the money that you took in excess back immediately.

== normal orders | Checkout error
in the shop, after I enter the card details, all I get is "an error has occurred". Tried another card, same result. I cannot pay this way.

== normal | Change of bank account
from {month} on we have a new bank account, the old IBAN ends in {last4}. Please change it for the direct debit. Is there a form to fill in?

== normal | Transfer rejected
our bank rejected the payment to you because name and IBAN do not match. Is the account number on invoice {invoice} still valid?

== normal solo | payment
payment in the shop does not work but my card is fine, what am I doing wrong

== normal | Refund still open
the refund for the cancelled order has still not reached our account. When will the money be transferred?

== normal orders | Prepayment only
why can I suddenly not pay by invoice any more? The cart only lists prepayment and PayPal.

== low | Moving to bank transfer
in the long run we would rather not pay by direct debit. Let me know at some point what you need for that.

== high | Blocked because of an open payment
we cannot order any more because {invoice} is said to be unpaid. The money left our account on {date}, proof of payment attached. Please unblock us today, we are running out of coffee.
`,
  trainingDetails: `
The bank statement is attached.
Our account ends in {last4}.
The bank does not see an error on its side.
It is about the payment of {date}.
Proof of payment is enclosed.
I am the one to talk to about payments.
`,
  evaluationDetails: `
I can send a confirmation from the bank.
It concerns {amount} from {date}.
We had no payment trouble with other suppliers.
Our accounts team can give you details.
`,
});
