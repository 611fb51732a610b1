/** English tickets about invoices, credit notes, reminders and statements. */
import { categoryTexts } from "../template.ts";

export const invoiceQuestionEn = categoryTexts("invoice_question", "en", {
  training: `
== normal | Question about invoice {invoice}
there is a line "service flat fee" for {amount} on our invoice that means nothing to me. What is it and since when do you charge it?

== normal | Invoiced twice
we got two invoices for the same delivery, {invoice} and {invoice2}, both for {amount}. One of them must be wrong. Which one shall I book?

== normal bare | Copy of an invoice
our tax adviser cannot find the invoice dated {date}. Would you please e-mail me a copy as PDF?

== high bare | Reminder although we have paid!
today I received a second reminder for {invoice}. It was paid weeks ago, see the bank statement attached! Please cancel the late fees and put this right immediately.

== normal | VAT is wrong
you charged us German VAT although we are an Austrian company with a VAT ID. Please reissue the invoice without tax under reverse charge.

== normal bare | Credit note outstanding
for the return in {month} we were promised a credit note. It does not show up on the new invoice. When will it be set off?

== normal | PO number missing on invoice
our accounts team rejects invoices without our purchase order number. Please reissue {invoice} with PO 45{last4} on it.

== normal care | Price increase on the monthly bill
the monthly fee for contract {contract} went up by 12 % without any notice. The agreement says a fixed price for 36 months. On what basis do you bill the higher amount?

== low | Invoices by e-mail in future
would it be possible to get our invoices as PDF only, instead of by post? It would save us the scanning.

== normal | E-invoicing
as a public body we may only accept electronic invoices from now on. Can you provide XRechnung or ZUGFeRD files? I will gladly send you our routing ID.

== normal solo | Invoice {invoice} is not correct, please check

== normal solo | bill
what is this {amount} on the last bill?? we only ordered two bags

== normal | Charged for a technician
you are invoicing travel and one hour of labour for the visit on {date}. We have the {plan} plan which covers call-outs, doesn't it? Please check the invoice.

== normal | Quantity on invoice is wrong
the delivery note says {some} bags and the invoice bills twice as many. Please correct it and send a new invoice, we will not pay before that.

== normal | Payment terms
the invoice says "due immediately", but we agreed on 30 days net. Is that a mistake?

== normal bare | Statement of account
for our year-end audit we need a balance confirmation or a list of open items as of 31 December. Our auditors have asked for it in writing.

== normal | Discount not applied
your quote promised us 8 % volume discount, which is missing from invoice {invoice}. The difference is about {amount}. Please send a corrected invoice.

== high | Debt collection letter for {amount}??
a collection agency has written to us about an invoice we never received. They want the money by {weekday}. Please stop this at once and send us the invoice.

== low | Minor query about billing
going through the invoices I noticed that the deposit is sometimes 2.50 and sometimes 3.00 euros. Just out of interest, why is that?

== normal | Cost centres
we need invoices separated by cost centre. Could {invoice} be split into two, half on 4100 and half on 4200?

== normal bare | Never received this invoice
your reminder mentions {invoice}, which has never reached us. Please e-mail the invoice and we will check and pay it.

== normal | Not our invoice
an invoice over {amount} came in today, addressed to us but listing orders of a company in {city}. There must be a mix-up. Please cancel it and assign it correctly.

== normal | Loan machine billed
you invoiced rent for the loan machine while ours was in repair. Your technician told us it was free of charge. Please clarify and credit this item.

== normal | Shipping on the bill
why does the invoice include 18.90 for shipping? According to your terms delivery is free above 150 euros.

== high bare | Third dunning letter and not one invoice
we keep getting reminders but no invoice. I have asked for it for the third time now. Please send it urgently, this week, before it ends in enforcement.

== low | One invoice a month
would a monthly collective invoice be possible instead of lots of small ones? We are relaxed about it, the new financial year would be fine.

== normal | Currency
we are billed in Swiss francs although our contract is in euros. The exchange rate on invoice {invoice} is not clear to me either. Can you explain?

== normal | VAT number missing
our VAT identification number is not on your invoice and the tax office will not accept it like this. Please issue a corrected invoice.

== normal care | Index clause
you explain the higher monthly price on the invoice by an index adjustment. There is no such clause in our contract {contract}. Please explain or take it back.

== normal bare | Credit note never issued
your colleague promised us a credit note of {amount} for the broken glasses. It has not been deducted from the last invoice. Please issue the credit note.

== normal care | Rent higher than in the contract
our rental contract has a fixed rate but this year's invoices show a higher one. We never agreed to a price adjustment. How do you arrive at this amount?
`,
  evaluation: `
== normal | Unclear item on our invoice
what does "monthly provision" at {amount} on our last invoice stand for? The quote did not mention it and I cannot approve the invoice like this.

== normal | Billed two times for March
could it be that March was invoiced twice? We have {invoice} and a second invoice with the same date and the same total.

== high bare | Unjustified payment reminder
you are sending a reminder for an invoice that we paid on {date} and threaten to block our account. Please withdraw the reminder and the fee. If you stop supplying us this week the canteen has to close.

== normal bare | Invoice copies for the tax office
we need all of last year's invoices once more as PDF files, our own records were incomplete.

== normal | Tax rate
invoice {invoice} shows the full tax rate on coffee, it has always been 7 percent before. Is that right? If not, please issue a corrected invoice.

== normal bare | Promised credit
in {month} your colleague promised us a credit of {amount} for the broken cups. So far we have not received anything, nor has it been deducted.

== normal care | Monthly rate higher than agreed
our rental agreement {contract} gives a different monthly amount from what you have invoiced since January. Did you simply raise the price? We never signed anything.

== low | Where to send invoices
please send invoices to our accounts mailbox rather than to me personally from next quarter on. It can wait.

== normal solo | amount?
Hello, invoice {invoice} says {amount} but we ordered half of that. Please have a look.

== normal | Why was the repair invoiced
why are we getting an invoice for the repair on {date}? We pay for the {plan} package every month and your salesman said everything was included.

== normal | Invoice {invoice}: wrong quantity, please correct and resend
`,
  trainingDetails: `
The invoice is attached.
Invoice total {amount}, dated {date}.
We are withholding payment until this is clear.
Please reply straight to our accounts department.
Our bookkeeping cannot process it like this.
You can reach me in the mornings.
This is about invoice {invoice}.
`,
  evaluationDetails: `
I enclose the invoice as an attachment.
We will pay as soon as this is settled.
Our invoice approver needs that in writing.
The amount would be due on {soon}.
If necessary please issue a new invoice.
`,
});
