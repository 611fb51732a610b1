/** English tickets about machines that do not work as they should. */
import { categoryTexts } from "../template.ts";

export const technicalFaultEn = categoryTexts("technical_fault", "en", {
  training: `
== normal | Error {fault} on the {machine}
since this morning the display shows {fault} and the machine does not dispense any coffee. Switching it off and on has not helped. What can we do?

== normal | Grinds but no coffee
the grinder runs and then only hot water comes out. There are plenty of beans in the hopper. The grounds are completely wet as well. Please help.

== normal | Milk froth
our {machine} no longer froths the milk, all we get is lukewarm milk with big bubbles. We have cleaned the system twice already.

== urgent still | Machine gives electric shocks!
a colleague got an electric shock when she touched the housing! The breaker tripped. We have unplugged the machine and closed off the kitchen. Please get in touch immediately!

== urgent still | Water pouring out of the machine!!
there is water running out of the bottom of the {machine}, lots of it. The kitchen is flooded and it is dripping through to the floor below. We turned off the mains. WE NEED SOMEONE NOW!

== high | Completely dead
the machine does not switch on at all, the display is black. The fuse is fine and the socket has been tested. It is our only machine for 70 people and we have been without coffee since yesterday.

== normal | Display not responding
the touch screen only reacts in the upper half, so cappuccino and hot chocolate cannot be selected. A restart helps for ten minutes and then it is back.

== low | Coffee a bit weak
since the last update the coffee seems a little weaker to us. Not a big deal, but maybe the grind can be adjusted? Other than that it runs nicely.

== normal | Loud noise
for a few days the machine has been making a horrible noise when grinding, as if there were a stone in it. Should we stop using it?

== normal | Descaling programme stuck
descaling has stopped at 62 % and says "please wait", for two hours now. It cannot be aborted. What next?

== normal solo | machine broken
hi the coffee machine doesnt work anymore, error {fault}. who can help

== normal solo | {machine} fault {fault}, technician needed

== high | Same fault again!
your technician was here two weeks ago because of {fault} and now the very same error is back. The machine is down for the third time this quarter. It really needs a proper repair.

== urgent still | Burning smell and smoke
smoke came out of the back of the {machine} today and there is a strong smell of burnt cable. It is unplugged. We are worried that it could catch fire. What should we do?

== normal | Cup warmer stays cold
the cup warmer on top no longer heats up, everything else works. Can we fix that ourselves or has something blown?

== normal | Coffee only lukewarm
drinks come out lukewarm, we measured 54 degrees. The settings say "high". Is the heater faulty?

== normal | Machine keeps dripping
after each drink the spout drips for minutes and the tray fills up three times a day. Is it a seal or a valve?

== normal | Card reader rejects staff cards
the card reader on the coffee machine only beeps and releases no drinks. The menu says "reader not connected".

== normal | Keeps asking for water
although the tank is full, the {machine} constantly says "fill water tank". We cleaned the sensor without success.

== high | Shuts down in the middle of service
the {machine} switches itself off after every third coffee and shows {fault}. We serve our clients with it, so this is urgent, we cannot work like that.

== normal | Steam wand
all that comes out of the steam wand is a wheeze and a bit of water. The nozzle is clear, I rinsed it too.

== normal | Grounds container
the machine says "empty grounds container" although it is empty. Because of that it cannot be used at all.

== high | Two machines out of order
both coffee machines in our seminar house broke down today, one with {fault}, the other stays dark. We have guests staying. Please send a technician urgently.

== low | Light flickers
the light above the spout flickers now and then. Nothing else is wrong with the machine and it can wait until the next visit, so no hurry.

== urgent still | Hot steam, colleague hurt
hot steam shot out of the side of the machine, a colleague scalded his hand and is at the doctor's. The unit is off. Please call back immediately and tell us whether it is still dangerous!

== normal | Tastes of chemicals
since descaling, every drink tastes of cleaner, even after rinsing ten times. Is there product left in the pipes?

== normal | Stops half way
the machine stops in the middle of a drink, the cup is half full and the display reads "flow too low".

== normal | Only steam from the milk outlet
there is only steam and spitting from the milk outlet and no froth. The milk is fresh and the hose is clean, so something in the milk system must be faulty.

== high | No lights, no sound
since this morning the machine has been dead, no lights, no sound. We sell coffee in the lobby and are losing money right now. Please help us fast.

== low | Clock and date
only a small thing, the date on the machine jumps back after each restart. Everything else works perfectly, so it can wait.
`,
  evaluation: `
== normal | Fault message {fault}
our coffee machine gets stuck with {fault} while starting up. Pulling the plug and waiting does not help. Any advice before we need a technician?

== normal | Nothing but water
when you press espresso you get clear water instead of coffee. The beans do not seem to slide down even though the hopper is full.

== urgent still | Water damage from the {machine}
the machine flooded the floor overnight, the parquet is lifting and water is still leaking from it! Our caretaker is looking for the mains tap. Please call back at once!

== high | Everything is down
both machines have been dead since this morning, no lights, no sound. We run a café in the lobby and cannot sell a thing. Please help quickly!

== normal | Milk system not working
the milk outlet only spits steam, there is no froth. The hose is clean and the milk is fresh.

== normal | Grinder blocked
the grinder hums for a second and then the display says "grinder blocked". We have vacuumed it out but the message keeps coming back.

== urgent still | Smells of burning
the {machine} smells of burnt plastic and there are black marks on the plug. A colleague saw smoke as well. We took the fuse out, what now?

== normal solo | not working
Display black. Machine off. Help?

== low | Wrong time on the clock
just a small thing: the machine shows the wrong time after every restart. It works perfectly otherwise, so it can wait.

== normal | Touch screen gone mad
the screen jumps between drinks all by itself and sometimes picks hot chocolate on its own. A restart did nothing.

== high | Repair did not last
your technician had hardly left when {fault} came back. It is the third time this month, the machine is down again and fifty people have no coffee.
`,
  trainingDetails: `
The serial number is {serial}.
It was descaled and cleaned last week.
We never had anything like it with this machine.
The unit is about {few} years old.
Your team from {city} installed it.
I made a short video of the fault.
The manual says nothing about it.
`,
  evaluationDetails: `
The machine has the number {serial}.
We cleaned it following the manual.
Several colleagues have noticed it too.
The error appeared out of the blue.
The model is a {machine}.
`,
});
