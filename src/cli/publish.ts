/** `pilotage publish` and `pilotage releases`: a definition becomes an immutable release, and the list of them. */
import { setTimeout as pause } from "node:timers/promises";
import type { Command } from "commander";
import type { Client } from "../contract/client.ts";
import { PilotageError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { definitionOf } from "./folder.ts";
import type { Progress } from "./output.ts";
import { facts, moment, rounded, table } from "./text.ts";

type Release = Awaited<ReturnType<Client["getRelease"]>>;

interface Options {
  commit?: string;
  pipeline?: string;
  wait: boolean;
}

export function addPublish(program: Command, desk: Desk): void {
  const publish = program
    .command("publish")
    .argument("<folder>", "the folder with workflow.yaml and release.yaml")
    .description(
      "Publishes the release of a folder and waits until it is ready: a local model is trained first. The same content is the same release.",
    )
    .option("--commit <commit>", "the commit that the release was made from, for its record")
    .option("--pipeline <run>", "the pipeline run that publishes it, for its record")
    .option("--no-wait", "do not wait until the release is ready")
    .action(async (folder: string, options: Options) => {
      const { release: document, examples } = await definitionOf(folder, "nothing was published");
      const client = await desk.client("change");
      const published = await send(client, document.workflow, {
        document: document as unknown as JsonObject,
        ...(examples === undefined ? {} : { examples }),
        provenance: {
          ...(options.commit === undefined ? {} : { commit: options.commit }),
          ...(options.pipeline === undefined ? {} : { pipeline: options.pipeline }),
        },
      });
      const release = options.wait ? await ready(client, published, desk.out.progress()) : published;
      if (release.state === "failed") throw failed(release);
      desk.out.result(withoutDocument(release), () => shown(release));
    });
  withExamples(
    publish,
    "pilotage publish workflows/support-triage --as j.okafor@example.com",
    "pilotage publish workflows/support-triage --commit 36921b8 --no-wait --as j.okafor@example.com",
  );

  const releases = program
    .command("releases")
    .argument("<workflow>", "its name")
    .description("Lists the releases of a workflow, newest first.")
    .action(async (workflow: string) => {
      const reply = await (await desk.client("read")).listReleases({ params: { workflow } });
      desk.out.result({ releases: reply.releases.map(withoutDocument) }, () =>
        table(
          ["release", "state", "published", "by", "commit", "problem"],
          reply.releases.map(({ id, state, publishedAt, publishedBy, commit, problem }) => [
            id,
            state,
            moment(publishedAt),
            publishedBy,
            commit?.slice(0, 12),
            problem,
          ]),
          `${workflow} has no release yet: pilotage publish <folder> makes one. Until then people do the work.`,
        ),
      );
    });
  withExamples(releases, "pilotage releases support-triage");
}

async function send(
  client: Client,
  workflow: string,
  body: { document: JsonObject; examples?: string; provenance: { commit?: string; pipeline?: string } },
): Promise<Release> {
  try {
    return await client.publishRelease({ params: { workflow }, body });
  } catch (error) {
    if (!(error instanceof PilotageError) || error.code !== "not_found") throw error;
    throw new PilotageError(
      "not_found",
      `There is no workflow ${workflow} here yet, so it cannot have a release; nothing was published.`,
      { hint: "Apply it first: pilotage apply <folder> --as <person>" },
    );
  }
}

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 1_000;

/** Asks until the release is no longer in preparation. */
async function ready(client: Client, published: Release, progress: Progress): Promise<Release> {
  let release = published;
  const started = performance.now();
  for (let wait = FIRST_PAUSE; release.state === "preparing"; wait = Math.min(wait * 1.5, LONGEST_PAUSE)) {
    progress.show(`${release.id} is being prepared, ${Math.round((performance.now() - started) / 1000)} s`);
    await pause(wait);
    release = await client.getRelease({ params: { release: release.id } });
  }
  progress.end();
  return release;
}

function failed(release: Release): PilotageError {
  return new PilotageError(
    "wrong_state",
    `${release.id} was published, but could not be made ready: ${release.problem ?? "no reason is known"}. It gets no cases.`,
    {
      hint: "Correct the definition and publish again; that makes a new release.",
      details: withoutDocument(release),
    },
  );
}

function withoutDocument({ document: _, ...release }: Release): Omit<Release, "document"> {
  return release;
}

function shown(release: Release): string {
  const { id, workflow, digest, state, publishedAt, publishedBy, commit, pipeline, models } = release;
  const told = facts([
    ["workflow", workflow],
    ["state", state === "preparing" ? "preparing: its local model is being trained" : state],
    ["digest", digest],
    ["published", `${moment(publishedAt)} by ${publishedBy}`],
    ["commit", commit],
    ["pipeline", pipeline],
    ...models.map(({ name, report }): [string, string] => [`model ${name}`, reportOf(report as JsonObject)]),
  ]);
  return `${id}\n${told}\nNext: pilotage share ${workflow} ${id} <percent> --as <person>`;
}

/** The single figures of a training report, in one line. */
function reportOf(report: JsonObject): string {
  return Object.entries(report)
    .filter(([, value]) => typeof value === "number")
    .map(([name, value]) => `${name} ${rounded(value as number)}`)
    .join(", ");
}
