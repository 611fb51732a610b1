/** English tickets whose point is dissatisfaction: with people, service, or how one was treated. */
import { categoryTexts } from "../template.ts";

export const complaintEn = categoryTexts("complaint", "en", {
  training: `
== normal | Complaint about your hotline
I am appalled at how your agent talked to me on the phone. I asked a simple question, was told to read the manual and then he hung up. That is no way to treat customers.

== normal technical | Rude technician
your technician was an hour late today, did not say a word, left the kitchen in an awful state and disappeared without a signature. That is not what I call service.

== normal orders | Driver
your driver shouted at our trainee because she did not open the gate fast enough. I want you to speak to him and I expect an apology.

== high | My patience has run out
for weeks I have been passed from one department to the next, nobody is responsible, everyone promises to call back and nobody does. I want to speak to your management now. Give me a name by {weekday}.

== normal | Disappointed with the support
we have been a customer for nine years and there used to be Ms Ostertag who knew us. These days all you get is canned replies. It is a pity and frankly no advertisement for you.

== normal billing | Tone of your reminder
I was very annoyed at the tone of your payment reminder. Threatening us with debt collection over three days, after so many years of paying on time, is outrageous. I expect a statement.

== low | A suggestion rather than a complaint
not really a complaint, more of a hint: the loud music in your phone queue is hard to bear. Perhaps you could change that one day.

== urgent still | Final warning before court
you have not responded to three registered letters. We have now handed the matter to our lawyer and set you a deadline of {soon}, after which we will file a claim and go to the press.

== normal | This is not on
I was promised over the phone that it would be sorted and the next day nobody knew anything about it. Don't you take notes? I feel I am being taken for a fool.

== normal | Sales calls
despite our objection your sales people call us every week. I do not want this and have said so several times. If it does not stop I will report it to the data protection authority.

== normal solo | disgraceful
never had such bad service in my life. pathetic.

== normal solo | Complaint, please pass on to management

== normal | My review was deleted
I wrote an honest, not very enthusiastic review on your site, two stars. It has disappeared. Do you delete criticism? I find that very questionable.

== normal | Chat assistant
your chat assistant is an insult. Twenty minutes going round in circles without reaching a human being. Who came up with that? As a paying customer I expect somebody to talk to.

== normal orders | Packaging waste
I get annoyed every time by the mountains of plastic and filler. You advertise sustainability and send two bags of coffee in a giant box. That does not add up.

== normal | Your salesman's broken promises
before we signed, your rep promised us the moon: fast help, a personal contact, cheap beans. None of it is true. We feel that we have been taken for a ride.

== high technical | Third useless visit, we have had enough
three times somebody came, three times they guessed instead of repairing, and last time they scratched the worktop as well. I am furious. I demand a competent contact by tomorrow.

== low | Praise and a grumble
the advice was great, thank you for that! Only it was a bit of a shame that nobody called back in the end. No reply needed.

== normal | No way to treat people
my colleague was in tears after talking to your department. The man was loud and condescending. I am making a formal complaint and expect an apology.

== normal technical | Technician smoking in the stairwell
your fitter smoked in the stairwell and was snappy when I asked him to stop. The kitchen was full of coffee grounds afterwards. Are these the people you send to customers?

== normal orders | Abusive delivery man
the man who brought our boxes swore at our receptionist because she asked for a delivery note. We will not put up with that.

== normal billing | Threatening reminder
threatening loyal customers with court over a small oversight is outrageous. I want to complain about the style of your accounts department.

== high | Nobody feels responsible
five calls, five different answers, no solution. By {weekday} I expect a call from somebody who is allowed to decide. My patience is exhausted and this is urgent.

== normal | Always on hold
I have been trying to reach someone since Monday. Forty minutes of music and then the line drops. Do not be surprised if customers leave when you treat them like this.

== low | Feedback
we are happy with you on the whole. Our only criticism is all those surveys after each call. You need not reply to this.

== normal | Call back promised, never came
for the fourth time I was promised a call back and again nobody calls. As a customer you feel like a beggar. I am very disappointed in your service.

== urgent still | Our solicitor is taking over
you have not answered any of our letters. Our solicitor has set you a final deadline of {soon} today, after that we will sue.

== normal | Hung up on me
your agent interrupted me three times, was audibly irritated and in the end just hung up. I have rarely been treated so rudely and want to complain.

== normal | Technician left a mess
the man you sent was rude to our staff, left the kitchen dirty and answered back when asked about it. This kind of behaviour is unacceptable to us.
`,
  evaluation: `
== normal | Complaint about customer service
I have not been treated as rudely as on your phone line today for a long time. Your agent was irritated, kept interrupting me and finally hung up. I expect an apology.

== normal technical | Behaviour of your technician
your service technician smoked in our building, left the kitchen filthy and was snappy when asked about it. We do not accept such behaviour.

== normal orders | Unbelievable driver
the driver just dumped the boxes in the rain and insulted our receptionist. Please have a word with the man, this is unacceptable.

== high | Complaint to the management
for a month everyone has put me off, nobody feels responsible and there is never a call back. By {weekday} I want to hear from somebody who can make decisions. My patience is exhausted.

== normal | Disappointed as a loyal customer
we used to have a personal contact with you, now all we get is automatic replies. After so many years you no longer feel taken seriously as a customer.

== normal billing | Appalling style of reminder
threatening long-standing customers with a collection agency over a two-day delay is outrageous in my opinion. I hereby complain expressly about this tone.

== low | Small criticism
on the whole we are very happy. Only the waiting time on the phone is really long. You do not have to answer this.

== urgent still | We are taking legal action
as you have ignored every letter the matter is now with our solicitor. The deadline is {soon}. After that we will see you in court.

== normal solo | bad service
unbelievably bad. never again. you never call back anyway

== normal | Constant advertising
although we have asked several times to be left alone, your sales team goes on calling us and flooding us with advertising. This is harassment and I want to complain about it.
`,
  trainingDetails: `
I ask for a statement.
As a long-standing customer I had expected more.
Please forward this to whoever is in charge.
I am really annoyed.
Now would be a good moment for an apology.
This is how you lose customers.
`,
  evaluationDetails: `
I expect this to change.
Please pass this complaint on to your supervisor.
My colleagues are annoyed as well.
It does not cast a good light on your company.
`,
});
