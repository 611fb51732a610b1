/**
 * A link to the database that loses answers, for what no test can time by killing: a statement or commit that was done
 * and whose answer never came. And one that falls silent, as a firewall does that forgets a connection: nobody is told.
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
  /** From now on nothing passes, in either direction, and neither side hears that the other one is gone. Until `mend`. */
  silence(): void;
  /** The same as soon as a message that holds this text has passed. Resolves then. */
  silentAfter(text: string): Promise<void>;
  /** New connections work; those that fell silent stay silent for ever. */
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
  const silencing: Lost[] = [];
  const links = new Set<{ silent: boolean }>();
  let whole = true;
  let silent = false;

  function silence(): void {
    silent = true;
    for (const one of links) one.silent = true;
  }

  function hang(socket: Socket): void {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    socket.resume();
  }

  const server: Server = createServer((near) => {
    if (!whole) return void near.destroy();
    if (silent) return hang(near);
    const far = connect(Number(target.port || 5432), target.hostname);
    let losing: (() => void) | undefined;
    const fell = { silent: false };
    links.add(fell);
    const cut = () => {
      // Of a silent link no side hears anything, not even that the other one gave up.
      if (fell.silent) return;
      links.delete(fell);
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
      if (fell.silent) return;
      losing ??= takeFrom(messages, bytes);
      far.write(bytes);
      takeFrom(silencing, bytes)?.();
    });
    far.on("data", (bytes) => {
      if (fell.silent) return;
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
    silence,
    silentAfter: (text) =>
      new Promise((resolve) =>
        silencing.push({
          text,
          lost() {
            silence();
            resolve();
          },
        }),
      ),
    mend() {
      whole = true;
      silent = false;
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      cutAll();
      await closed;
    },
  };
}
