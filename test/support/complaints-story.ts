/**
 * The story of 14 models as 14 releases of one workflow, told with the real program: published, in shadow, live; how they are
 * measured and judged is in complaints-judged.ts.
 *
 * Only the models are played (replayed-models.ts), and the people: the truth of a complaint is its product in the data.
 * Everything else is the program's own: its stored answers, its figures, its own looks at a rollout. Nothing here judges.
 */
import type { App } from "../../src/app.ts";
import { openClient, type Client } from "../../src/contract/client.ts";
import type { JsonObject } from "../../src/contract/json.ts";
import { SCOPES, type Scope } from "../../src/contract/scopes.ts";
import { sql } from "../../src/platform/sql.ts";
import { mulberry32 } from "../../src/statistics/bootstrap.ts";
import type { Replay } from "./complaints.ts";
import { until, workflowDocument } from "./installation.ts";
import type { Replayer } from "./replayed-models.ts";

export const WORKFLOW = "complaints";
const PEOPLE = ["anna@example.com", "ben@example.com", "cleo@example.com", "dora@example.com"];
const AT_ONCE = 8;
const HOUR = 3_600_000;

export interface Story {
  app: App;
  owner: Client;
  second: Client;
  /** Clerks: programs that play people, and say so. */
  clerks: Client[];
  replay: Replay;
  replayer: Replayer;
  /** Releases by model. */
  releases: Map<string, string>;
  /** Of the workflow, without criteria. */
  document: JsonObject;
}

export const params = { workflow: WORKFLOW };

/** The workflow on people's work, and a release for each model. */
export async function openStory(
  app: App,
  replay: Replay,
  replayer: Replayer,
  { models, stages }: { models: readonly string[]; stages: JsonObject[string] },
): Promise<Story> {
  const key = async (simulated: boolean) => {
    const { secret } = await app.keys.make(
      { name: "story", scopes: Object.keys(SCOPES) as Scope[], workflow: undefined, days: 700, simulated },
      { kind: "system", name: "proof" },
    );
    return (person: string) => openClient({ url: app.url!, key: secret, as: person });
  };
  const [real, played] = [await key(false), await key(true)];
  const owner = real("E. Brandt");
  const document = workflowDocument({
    workflow: WORKFLOW,
    rollout: stages,
    purpose: "Sort complaints",
    unit: "complaint",
  });
  await owner.applyWorkflow({ params, body: { document } });
  const releases = new Map<string, string>();
  for (const model of models) {
    const connection = `replayed-${model.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`;
    await owner.saveConnection({
      params: { name: connection },
      body: { settings: { kind: "http", url: replayer.url(model), secret: SECRET } },
    });
    const published = await owner.publishRelease({
      params,
      body: { document: releaseOf(connection, replay.classes) },
    });
    releases.set(model, published.id);
  }
  for (const item of ["baseline", "works_council"] as const)
    await owner.waive({ params, body: { item, reason: "A played story" } });
  return {
    app,
    owner,
    second: real("J. Okafor"),
    clerks: PEOPLE.map(played),
    replay,
    replayer,
    releases,
    document,
  };
}

/** Of a service that checks no signature. */
const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

function releaseOf(connection: string, classes: readonly string[]): JsonObject {
  const strings = { type: "string" };
  return {
    workflow: WORKFLOW,
    model: { connection, timeout: 120_000 },
    input: {
      type: "object",
      properties: { complaint: strings, narrative: strings },
      required: ["complaint", "narrative"],
      additionalProperties: false,
    },
    output: {
      type: "object",
      properties: { product: { enum: [...classes] } },
      required: ["product"],
      additionalProperties: false,
    },
    policy: { complaint: "allow", narrative: "allow" },
    error: { equal: ["product"] },
    facets: { output: ["product"] },
    fallback: ["manual"],
  };
}

// Rollouts -------------------------------------------------------------------------------------------------------

/** Complaints drawn again with replacement, the same ones for the same seed. */
export function drawn({ complaints }: Replay, count: number, seed: number): Replay["complaints"] {
  const chance = mulberry32(seed);
  return Array.from({ length: count }, () => complaints[Math.floor(chance() * complaints.length)]!);
}

export const shown = async ({ owner }: Story, id: string) => owner.getRollout({ params: { rollout: id } });
export type Shown = Awaited<ReturnType<typeof shown>>;

export async function start(story: Story, model: string, plan: { ceiling: number }): Promise<string> {
  const release = story.releases.get(model)!;
  await pass(story, 1 / 60);
  const { id } = await story.owner.startRollout({ params, body: { release, ...plan, simulated: true } });
  return id;
}

/** One asks for the next step, another approves. */
export async function forward(
  { owner, second }: Story,
  body: { undecided?: boolean; reason?: string } = {},
): Promise<void> {
  const { pending } = await owner.advanceRollout({ params, body });
  await second.approveChange({ params: { change: pending!.id } });
}

export async function overrule({ owner, second }: Story, reason: string): Promise<void> {
  const { pending } = await owner.resumeRollout({ params, body: { reason } });
  await second.approveChange({ params: { change: pending!.id } });
}

export async function pass({ owner }: Story, hours: number): Promise<void> {
  await owner.advanceClock({ body: { milliseconds: Math.round(hours * HOUR) } });
}

let made = 0;

/**
 * Lets complaints come, some at a time, and people decide each; before the next ones the program has looked. Answers how
 * many came until `enough` held.
 */
export async function live(
  story: Story,
  rollout: string,
  complaints: Replay["complaints"],
  { atATime, enough }: { atATime: number; enough: (seen: Shown) => boolean },
): Promise<number> {
  for (let came = 0; came < complaints.length;) {
    await pass(story, 1 / 60);
    const group = complaints.slice(came, came + atATime);
    await inLanes(group, async ({ no, narrative }) => {
      await story.owner.submitCase({
        params,
        body: { externalId: `complaint-${++made}`, input: { complaint: no, narrative } },
      });
    });
    came += group.length;
    await decide(story, group.length);
    await looked(story, rollout);
    if (enough(await shown(story, rollout))) return came;
  }
  return complaints.length;
}

/** People decide so many cases, each with what is right; a case comes to them once both releases have answered it. */
async function decide({ app, clerks, replay }: Story, count: number): Promise<void> {
  await until(
    () =>
      app.database.one<{ left: number }>(sql`
        select (select count(*) from case_ where workflow = ${WORKFLOW} and state in ('received', 'running'))
          + (select count(*) from shadow_run s join workflow w on w.name = s.workflow and w.shadow_release = s.release where s.workflow = ${WORKFLOW} and s.state = 'waiting') as left`),
    ({ left }) => left === 0,
  );
  const truths = new Map(replay.complaints.map(({ no, product }) => [no, product]));
  let left = count;
  await Promise.all(
    clerks.map(async (clerk) => {
      while (left > 0) {
        const { reviews } = await clerk.claimReviews({
          params,
          body: { count: Math.ceil(left / clerks.length) },
        });
        if (reviews.length === 0) return;
        left -= reviews.length;
        await inLanes(reviews, async ({ caseId, lease, input, output }) => {
          const product = truths.get(String(input["complaint"]))!;
          const body =
            output?.["product"] === product
              ? { lease, verdict: "approve" as const }
              : { lease, verdict: "edit" as const, output: { product }, reason: "wrong_class" as const };
          await clerk.giveVerdict({ params: { case: caseId }, body });
        });
      }
    }),
  );
}

/** The program's own watch has counted all labels that there are, or has stopped the rollout. */
async function looked({ app }: Story, rollout: string): Promise<void> {
  await until(
    () =>
      app.database.one<{ state: string; counted: number; there: number }>(sql`
        select r.state, coalesce((select sum(case g.guard when 'paired' then g.candidate_n else g.candidate_n + g.stable_n end) from guard_state g
            where g.rollout = r.id and g.guard = case when r.first_case is null then 'paired' else 'errors' end), 0)::int as counted,
          case when r.first_case is null
            then (select count(*) from shadow_run s join case_ c on c.id = s.case_id
              where s.release = r.release and s.case_id >= ${FIRST_OF}::text and (s.wrong is not null or s.to_score) and c.release = r.control and r.control <> 'manual' and c.received_at >= r.started_at)
            else (select count(*) from label l join case_ c on c.id = l.case_id
              where c.workflow = r.workflow and c.id >= r.first_case and c.share > 0 and c.release in (r.release, r.control) and l.wrong is not null
                and l.superseded_by is null and l.withdrawn_at is null)
            end::int as there
        from rollout r where r.id = ${rollout}`),
    ({ state, counted, there }) => (state !== "running" && state !== "shadow") || counted === there,
  );
}

/** Before every id of a case. */
const FIRST_OF = "case_";

async function inLanes<T>(list: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const rest = list.values();
  const lane = async () => {
    for (const one of rest) await work(one);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

export interface Climbed {
  /** Complaints that came until it was left, by stage. */
  stages: { stage: string; cases: number; labelled: number; errors: number; evidence: number | null }[];
  state: Shown["state"];
  used: number;
}

/**
 * Takes a rollout through its stages with cases, as far as it comes: some complaints at least in each, time passed where that
 * is all that is missing, and two people who go on only when the evidence suffices, or also when it is undecided.
 */
export async function climb(
  story: Story,
  rollout: string,
  complaints: Replay["complaints"],
  { least, atATime, undecided }: { least: number; atATime: number; undecided: boolean },
): Promise<Climbed> {
  const climbed: Climbed = { stages: [], state: "running", used: 0 };
  for (let inStage = 0; ;) {
    const now = await shown(story, rollout);
    climbed.state = now.state;
    if (now.state !== "running") return climbed;
    const { promotion } = now;
    const early = promotion?.kind === "hold" && promotion.reasons.every((one) => one === "too-early");
    const ready = promotion?.kind === "ready" || (undecided && promotion?.kind === "undecided");
    if (inStage >= least && early) {
      await pass(story, 7 * 24 + 1);
      continue;
    }
    if (inStage >= least && ready) {
      climbed.stages.push({ stage: now.stageName, cases: inStage, ...counted(now) });
      inStage = 0;
      await forward(story, undecided ? { undecided, reason: "A pilot: people look at every case" } : {});
      continue;
    }
    const group = complaints.slice(climbed.used, climbed.used + atATime);
    if (group.length === 0) return climbed;
    const came = await live(story, rollout, group, { atATime, enough: () => true });
    climbed.used += came;
    inStage += came;
  }
}

function counted({ guards }: Shown): { labelled: number; errors: number; evidence: number | null } {
  const guard = guards.find(({ name }) => name === "errors");
  const sum = (pick: (one: { errors: number; n: number }) => number) =>
    (guard?.steps ?? []).reduce((all, { candidate }) => all + pick(candidate), 0);
  return {
    labelled: sum(({ n }) => n),
    errors: sum(({ errors }) => errors),
    evidence: guard?.evidence ?? null,
  };
}
