/**
 * Files of this build that are not there any more: the console was built anew while this tab stayed open.
 *
 * Loading the page again brings the new build. It happens by itself once and only when a page is opened, never while
 * one is loaded ahead; what was typed is kept by the pages. Until a file has come again, the second miss is said instead
 * (shell/broken.tsx), so that nothing turns in a circle.
 */

const RELOADED = "pilotage.reloaded";

/** A file of the console did not come: it is gone, or the program does not answer. */
export class FileMissing extends Error {}

/** Loads a part of the console that comes on demand. */
export async function fileOfBuild<T>(load: () => Promise<T>): Promise<T> {
  try {
    const loaded = await load();
    sessionStorage.removeItem(RELOADED);
    return loaded;
  } catch (cause) {
    throw new FileMissing("A file of the console did not come.", { cause });
  }
}

/** Loads the page again, unless that was tried for this already; false then, and while the program does not answer. */
export async function reloadOnce(): Promise<boolean> {
  if (sessionStorage.getItem(RELOADED) !== null) return false;
  // Without an answer, the browser would put its own page in place of ours.
  const answers = await fetch(location.href, { method: "HEAD", cache: "no-store" }).then(
    (reply) => reply.ok,
    () => false,
  );
  if (!answers) return false;
  sessionStorage.setItem(RELOADED, "yes");
  location.reload();
  return true;
}
