/**
 * A link to the database that loses answers, for what no test can time by killing: a statement or commit that was done
 * and whose answer never came.
 */
import { connect, createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";

export interface LossyLink {
  /** The database's address through the link. */
  readonly url: string;
  /** Lets the next message that holds this text through, and cuts its connection instead of handing on the answer. Resolves when that has happened. */
  loseAnswerTo(text: string): Promise<void>;
  /** The same for the next answer that holds this text. */
  loseAnswerWith(text: string): Promise<void>;
  /** Cuts every connection and takes no new one, until `mend`. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

interface Lost {
  text: string;
  lost: () => void;
}

function takeFrom(list: Lost[], bytes: Buffer): (() => void) | undefined {
  const place = list.findIndex(({ text }) => bytes.includes(text));
  return place < 0 ? undefined : list.splice(place, 1)[0]!.lost;
}

export async function openLossyLink(databaseUrl: string): Promise<LossyLink> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const messages: Lost[] = [];
  const answers: Lost[] = [];
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
      losing ??= takeFrom(messages, bytes);
      far.write(bytes);
    });
    far.on("data", (bytes) => {
      losing ??= takeFrom(answers, bytes);
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
    loseAnswerTo: (text) => new Promise((lost) => messages.push({ text, lost })),
    loseAnswerWith: (text) => new Promise((lost) => answers.push({ text, lost })),
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
