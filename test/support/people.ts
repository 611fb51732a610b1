/** People who are signed in, as tests need them: made in the database, with a real session behind a real cookie. */
import { openClient, type Client } from "../../src/contract/client.ts";
import type { Role } from "../../src/contract/access.ts";
import { insertPerson, personByEmail, replaceGrants } from "../../src/access/people-store.ts";
import { SESSION_COOKIE } from "../../src/http/session-cookie.ts";
import type { Installation } from "./installation.ts";

export interface Grant {
  role: Role;
  workflow: string | null;
}

/** A client whose requests carry the session of this person, who is made when there is none; the grants are what they have from now on. */
export async function signedIn(
  installation: Installation,
  email: string,
  grants: readonly Grant[] = [],
): Promise<Client> {
  return openClient({ url: installation.url, cookie: await sessionCookie(installation, email, grants) });
}

/** The same as a header, for requests that a client would not send. */
export async function sessionCookie(
  { app }: Installation,
  email: string,
  grants: readonly Grant[] = [],
): Promise<string> {
  const { token } = await app.database.transaction(async (tx) => {
    const now = app.clock.now();
    if (!(await personByEmail(tx, email))) {
      const id = app.newId("person");
      await insertPerson(tx, { id, email, name: email.split("@")[0]!, locale: "en-GB", now, by: "test" });
    }
    const person = (await personByEmail(tx, email))!;
    await replaceGrants(tx, person.id, "granted", grants, "test", now);
    return app.sessions.start(tx, person, "pilotage test", "test");
  });
  return `${SESSION_COOKIE}=${token}`;
}
