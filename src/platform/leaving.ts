/**
 * Whether a caller is still there: what a call under way hears of it, and by what it is ended.
 *
 * An `AbortSignal` is one, too. On the path of every call a `Leave` stands in its place, because to make such a signal and
 * to listen to it costs more than to find out where the call goes; where a real one is needed it is made from it.
 */

type Listener = () => void;

/** As much of an `AbortSignal` as is listened to here. */
export interface Leaving {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: Listener, options?: { once?: boolean }): void;
  removeEventListener(type: "abort", listener: Listener): void;
}

export class Leave implements Leaving {
  aborted = false;
  reason: unknown = undefined;
  readonly #listeners: Listener[] = [];

  /** Tells everybody who listens, once. */
  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    for (const listener of this.#listeners.splice(0)) listener();
  }

  addEventListener(_type: "abort", listener: Listener): void {
    this.#listeners.push(listener);
  }

  removeEventListener(_type: "abort", listener: Listener): void {
    const at = this.#listeners.indexOf(listener);
    if (at >= 0) this.#listeners.splice(at, 1);
  }
}

/** The same as the platform knows it: for timers, and for what is given to others. */
export function abortSignalOf(leaving: Leaving): AbortSignal {
  if (leaving instanceof AbortSignal) return leaving;
  const controller = new AbortController();
  if (leaving.aborted) controller.abort(leaving.reason);
  else leaving.addEventListener("abort", () => controller.abort(leaving.reason), { once: true });
  return controller.signal;
}
