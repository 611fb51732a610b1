/** English tickets about the customer portal and the app: login, passwords, users, rights. */
import { categoryTexts } from "../template.ts";

export const accountAccessEn = categoryTexts("account_access", "en", {
  training: `
== normal | Forgot my password
I cannot get into the customer portal any more. The e-mail for resetting the password does not arrive, it is not in the spam folder either. Can you help?

== normal | Account locked
after three wrong attempts my account is locked. Please unlock it, the user name is my e-mail address.

== normal | Add a new colleague
please set up portal access for our new colleague in purchasing. She should be able to order but not to see invoices.

== urgent still | Account hacked?
last night somebody changed the delivery address in our customer account and ordered for {amount}. It was none of us! I have changed the password. Please lock the account immediately and stop the order.

== normal | Former employee still has access
Mr Krause has left us but his portal login is still active. Please delete the user and transfer the admin rights to me.

== normal | Two-factor code does not work
I have a new phone and the app with the sign-in code is gone. Now I am locked out of my account. How can I reset the second factor?

== low | Change of user name
my e-mail address has changed because I got married. Could the user name in the portal be adapted some time? I can still log in.

== normal | Cannot register
when registering in the shop I am told that our customer number is already taken. Nobody from here has ever signed up. Who has an account with it?

== normal technical | Machine does not show up in the app
I added the machine with the QR code as described but the app only says "offline". The wifi is fine, other devices work. How do I connect the {machine}?

== normal | Activation link expired
the activation link in your welcome mail has expired as I was on holiday. Please send me a new one.

== normal solo | login not working
hi cant log in, password is correct tho. customer {customer}

== normal solo | Portal access locked, please unlock ({customer})

== high | No access for a week
since the relaunch of your portal nobody here has been able to sign in. Two tickets, no answer. We can neither order nor download invoices and month-end closing is coming up!

== normal | Permissions in the portal
I only see my own orders in the portal, not those of our other sites. As head of purchasing I should see all of them. Who can give me the permissions?

== normal | Wrong company in my account
when I log in I see the data of a completely different company from {city}. Isn't that a privacy problem? Please check.

== normal | Split a shared login
five of us have been using one shared login. Our IT now demands personal users. How do we create them and will the order history be kept?

== low | Delete my user
I no longer work in purchasing and do not need my portal account. My user can be deleted when you have a moment.

== normal | Single sign-on
our IT would like people to sign in to the portal with their company account. Do you support SSO with SAML or OpenID Connect?

== normal | Not authorised
since today the portal says "you are not authorised to view this page" whenever I click on orders. Yesterday it still worked.

== normal | Address no longer exists
our login is tied to an e-mail address that does not exist any more, so nobody can reset the password. Can you change the address in the account?

== high | Locked out before month end
I have been locked out of the portal for days and urgently need the invoices by {weekday}. The reset form only leads to an error page. Please unlock me with priority.

== normal technical | Wifi module
the machine cannot be paired with our company wifi, it only sees the guest network. It stays grey in the app. Which settings does the module need?

== normal | Duplicate user
there are two users for me in the portal, with and without middle name. Please merge the two accounts.

== low | Language setting
can the customer account be switched to German? One of my colleagues would like that, but it is not important and can wait.

== urgent still | Phishing from our account
messages with a link were sent to colleagues from our portal account today and it was not us. Somebody must know the password. Please lock it immediately!

== normal | Invite users for a new site
two people at our {city} branch need access to the portal. How do I invite them? I cannot see the menu item "users".

== normal | Session keeps expiring
I am logged out of the portal every two minutes and have to sign in again. The cart is empty each time.

== normal | Portal user for a working student
our working student should be able to order in the portal, up to 150 euros at most. Please create a user with these rights.

== normal | No admin left
the only person with admin rights in the portal is on maternity leave. I am supposed to manage the users and need the rights for it.
`,
  evaluation: `
== normal | Cannot sign in to the portal
my password is no longer accepted and when I try to reset it no e-mail reaches me. Please reset my access.

== normal | Unlock user
my user account was locked after several failed attempts. Can you reactivate it?

== normal | Access for our trainee
we would need another portal user for our trainee, allowed to order up to 200 euros. Is that possible?

== urgent still | Somebody else is in our customer account!
someone logged in to our account, changed the password and downloaded our data. Please lock it immediately! I cannot get in myself any more.

== normal | Lost phone
along with my work phone the sign-in code is gone. How do I get back into my account without the second factor?

== normal technical | App shows machine as offline
since our router was replaced the app has been showing our {machine} as offline. How do I get it back into the wifi and the app?

== low | E-mail address in login
at some point my user name should be changed to the new e-mail address. The login still works, so no hurry.

== normal solo | password
forgot my password and the link does not work

== normal | Admin is on leave
our administrator is on parental leave and nobody else can manage users. Please give me the admin rights for our portal.

== high | Nobody can log in
for days our whole department has got nothing but an error message at login. We cannot order anything and your support has not reacted to two e-mails.

== normal | Cannot log in to the portal, please reset my password ({customer})
`,
  trainingDetails: `
I am writing from the address stored in the portal.
This is about the customer portal on your website.
Our IT found nothing wrong on our side.
There are {few} of us using the portal.
The help pages of the portal do not mention it.
Our account runs under {customer}.
`,
  evaluationDetails: `
The user account has existed for about {few} years.
I could not find a phone number for portal support.
We use the portal almost every day.
The customer number of the account is {customer}.
`,
});
