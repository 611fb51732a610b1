/**
 * What decides what is in force in a workflow, put together: releases, shares, gates, certificates, trials, dials.
 *
 * Each needs something of another: a share is raised by two people, who are asked through the dials, and a dial that gives
 * the go is granted by the shares.
 */
import type { Audit } from "./audit/record.ts";
import { openWorkflowSettings } from "./cases/workflow/apply.ts";
import type { Registry } from "./cases/workflow/registry.ts";
import { ROLLOUT, SHARE } from "./cases/workflow/rule.ts";
import type { NewId } from "./platform/chance.ts";
import type { Clock } from "./platform/clock.ts";
import type { Telling } from "./cases/model/telling.ts";
import type { Database } from "./platform/database.ts";
import type { Vault } from "./platform/secrets.ts";
import { openTrials, trialSources } from "./releases/beside.ts";
import { openCalibrations } from "./releases/calibrate.ts";
import { openCertificates } from "./releases/certify.ts";
import { labelSample } from "./releases/label-sample.ts";
import { openGates } from "./releases/gates.ts";
import { openingLabels } from "./releases/label-opening.ts";
import { openReleases } from "./releases/publish.ts";
import { openRollouts } from "./releases/rollout.ts";
import { openShares } from "./releases/share.ts";
import { allowIndividuals, INDIVIDUALS } from "./reviews/works-council.ts";

export function openInForce(sets: {
  database: Database;
  registry: Registry;
  vault: Vault;
  clock: Clock;
  newId: NewId;
  audit: Audit;
  telling: Pick<Telling, "judged" | "listens">;
}) {
  const { vault: _, telling: __, ...parts } = sets;
  const shares = openShares({
    ...parts,
    askForTwo: (...asked) => workflowSettings.askForTwo(...asked),
    async demandGate(tx, { name, autonomy }, release) {
      await gates.demandNotRefused(tx, name, release);
      // A pilot where every case is reviewed asks for no gate.
      if (autonomy > 0) await gates.demandGate(tx, name, release);
    },
  });
  const gates = openGates({
    ...sets,
    async takeOut(tx, view, release, by) {
      await rollouts.takeOut(tx, view.row.name, release, "signed no-go", by);
      // It may have a share by hand beside the rollout that once made it the stable one.
      const { row } = await sets.registry.workflow(tx, view.row.name);
      await shares.takeBack(tx, row, release, by);
    },
  });
  const rollouts = openRollouts({
    ...parts,
    askForTwo: (...asked) => workflowSettings.askForTwo(...asked),
    async demandReadiness(tx, workflow, release) {
      await shares.demandReadiness(tx, workflow);
      await gates.demandGate(tx, workflow, release);
    },
  });
  const workflowSettings = openWorkflowSettings({
    ...parts,
    hasGo: async (tx, workflow) =>
      (await shares.waived(tx, workflow, "go")) || (await gates.hasSignedGo(tx, workflow)),
    grantGo: (tx, workflow, waiver, person, by) =>
      shares.grant(tx, workflow, { item: "go", ...waiver }, person, by),
    acts: { [INDIVIDUALS]: allowIndividuals, [SHARE]: shares.raise, [ROLLOUT]: rollouts.forward },
  });
  const sources = { labels: labelSample, ...trialSources(sets) };
  return {
    /** What trials and evaluation sets are read with. */
    sets,
    releases: openReleases(parts),
    shares,
    rollouts,
    gates,
    trials: openTrials(sets),
    certificates: openCertificates({ ...parts, sources }),
    /** What certificates are asked for with: from where their labels come, how sure confidence is, which labels lie open. */
    sources,
    calibrations: openCalibrations({ ...parts, sources }),
    layLabelsOpen: openingLabels({ ...parts, sources }),
    workflowSettings,
  };
}
