/**
 * How a peer is spoken to: a message starts a round of so many workflows, the answer says the seconds that it took.
 *
 * Plain JavaScript: a peer runs from the folder into which its packages were installed.
 */

/** Says `{ready}`, then answers every `{count, inFlight}` with `{seconds}`, and `{stop}` with the end of the process. */
export function serveRounds({ work, stop }) {
  process.on("message", (message) => {
    if (message.stop) void stop().then(() => process.disconnect());
    else void round(message).then((seconds) => process.send({ seconds }));
  });
  // Also when whoever started it was killed.
  process.on("disconnect", () => process.exit(0));
  process.send({ ready: true });

  async function round({ count, inFlight }) {
    let next = 0;
    const lane = async () => {
      while (next < count) await work(next++);
    };
    const started = performance.now();
    await Promise.all(Array.from({ length: inFlight }, lane));
    return (performance.now() - started) / 1000;
  }
}
