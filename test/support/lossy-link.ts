/**
 * A link to the database that loses answers, for what no test can time by killing: a statement or commit that was done
 * and whose answer never came.
 */
import { connect, createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";

export interface LossyLink {
  /** The database's address through the link. */
  readonly url: string;
  /**
   * Lets the next message that holds this text through, and cuts its connection when the answer comes; `instead` of the
   * answer. Resolves when that has happened.
   */
  loseAnswerTo(text: string): Promise<void>;
  /** Cuts every connection and takes no new one, until `mend`. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function openLossyLink(databaseUrl: string): Promise<LossyLink> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const wanted: { text: string; lost: () => void }[] = [];
  let whole = true;

  const server: Server = createServer((near) => {
    if (!whole) return void near.destroy();
    const far = connect(Number(target.port || 5432), target.hostname);
    let losing: (() => void) | undefined;
    const cut = () => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", cut);
      socket.on("close", () => {
        sockets.delete(socket);
        cut();
      });
    }
    near.on("data", (bytes) => {
      const place = wanted.findIndex(({ text }) => bytes.includes(text));
      if (place >= 0) losing = wanted.splice(place, 1)[0]!.lost;
      far.write(bytes);
    });
    far.on("data", (bytes) => {
      if (!losing) return void near.write(bytes);
      cut();
      losing();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = new URL(databaseUrl);
  const address = server.address();
  url.hostname = "127.0.0.1";
  url.port = String(typeof address === "object" && address ? address.port : 0);

  const cutAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    loseAnswerTo: (text) => new Promise((lost) => wanted.push({ text, lost })),
    cut() {
      whole = false;
      cutAll();
    },
    mend: () => void (whole = true),
    async close() {
      const closed = once(server, "close");
      server.close();
      cutAll();
      await closed;
    },
  };
}
