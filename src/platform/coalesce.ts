/**
 * One read for many callers, without a cache: whoever asks while a read is under way shares the next one.
 *
 * So every caller gets what was stored after it asked, and the database answers one question at a time per key, however
 * many ask. For reads outside transactions only; what decides something is read again inside.
 */

export function coalesced<T>(read: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const running = new Map<string, Promise<T>>();
  const waiting = new Map<string, Promise<T>>();

  function start(key: string): Promise<T> {
    const reading = read(key).finally(() => {
      if (running.get(key) === reading) running.delete(key);
    });
    running.set(key, reading);
    return reading;
  }

  return (key) => {
    const known = waiting.get(key);
    if (known) return known;
    const current = running.get(key);
    if (!current) return start(key);
    const next = current
      .catch(() => undefined)
      .then(() => {
        waiting.delete(key);
        return start(key);
      });
    waiting.set(key, next);
    return next;
  };
}
