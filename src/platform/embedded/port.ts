/** Chooses the loopback port of the server. */
import { createServer } from "node:net";

/** The wanted port when it is free and not a system port, else one that the system gives. */
export async function freePort(wanted: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once("error", reject);
  server.listen({ host: "127.0.0.1", port: wanted > 1023 ? wanted : 0, exclusive: true }, () => {
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    server.close(() => resolve(port));
  });
  try {
    return await promise;
  } catch (error) {
    if (wanted === 0) throw error;
    return freePort(0);
  }
}
