/** Handlers of the safe-stop ladder, and of requests to move it. */
import type { Caller } from "../access/caller.ts";
import { standingOf } from "../access/standing.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Ladder } from "../monitoring/ladder.ts";
import type { StopRequests } from "../monitoring/stop-request.ts";
import type { Handlers } from "./bind.ts";
import { seeThrough } from "./see.ts";

export function ladderHandlers(parts: {
  ladder: Ladder;
  stops: StopRequests;
}): Pick<Handlers, "moveLadder" | "requestStop" | "settleStopRequest"> {
  const { ladder, stops } = parts;

  async function seeRequest(caller: Caller, id: string): Promise<string> {
    const { workflow } = await stops.get(id);
    seeThrough(
      caller,
      workflow,
      () => new PilotageError("not_found", `There is no request to stop ${id.slice(0, 60)}.`),
    );
    return workflow;
  }

  return {
    // Nobody is asked for a name first: a key may stop what it operates, and the record names the key.
    moveLadder: ({ params, body, caller }) =>
      ladder.move(params.workflow, body.rung, standingOf(caller, params.workflow), body.reason),
    requestStop: ({ params, body, caller }) => stops.ask(params.workflow, body, caller.person, caller.actor),
    async settleStopRequest({ params, body, caller }) {
      const workflow = await seeRequest(caller, params.request);
      await stops.settle(params.request, body, standingOf(caller, workflow));
      return { settled: true };
    },
  };
}
