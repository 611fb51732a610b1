/**
 * The way of the evidence, look by look, on its way to the limit: in shadow, and where the release has cases.
 *
 * Evidence grows by factors, so the height is how far it has come, as with the meters of the guards: 0 is nothing (or speaks
 * for the release), 100 the limit.
 */
import { useRead, type Reply } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { GUARD_WORDS } from "../../locales/rollout.ts";
import { useSay, useWords } from "../../locales/words.ts";
import { Chart } from "../../parts/chart.tsx";
import { Section } from "../../parts/page.tsx";
import { wayOf, type WayPoint } from "./way-points.ts";
import { ROLLOUT } from "./words.ts";

export type Look = Reply<"rolloutLooks">["looks"][number];

export function Way({ id }: { id: string }) {
  const t = useWords(ROLLOUT);
  const { data } = useRead("rolloutLooks", { params: { rollout: id } }, { every: 30_000 });
  const ways = (["paired", "errors"] as const)
    .map((guard) => ({ guard, points: wayOf(data?.looks ?? [], guard) }))
    .filter(({ points }) => points.length > 1);
  if (ways.length === 0) return null;
  return (
    <Section title={t("way")}>
      {ways.map(({ guard, points }) => (
        <OneWay key={guard} guard={guard} points={points} />
      ))}
    </Section>
  );
}

function OneWay({ guard, points }: { guard: "paired" | "errors"; points: readonly WayPoint[] }) {
  const t = useWords(ROLLOUT);
  const say = useSay();
  const formats = useFormats();
  const last = points.at(-1)!;
  const name = say(GUARD_WORDS[guard]);
  return (
    <Chart
      name={name}
      reading={
        <>
          <b>{name}.</b>{" "}
          {t(guard === "paired" ? "wayPaired" : "wayErrors", {
            n: last.labelled,
            errors: last.errors,
            evidence: formats.number(Number(last.evidence.toPrecision(2)), 2),
            limit: formats.number(Math.round(last.limit)),
          })}
        </>
      }
      points={points.map(({ labelled }) => formats.number(labelled))}
      pointsName={t("labelled")}
      fractions
      series={[
        {
          id: "way",
          name: t("wayLine"),
          colour: "--accent",
          kind: "line",
          values: points.map(({ part }) => part),
        },
        { id: "limit", name: t("wayLimit"), colour: "--bad", kind: "line", values: points.map(() => 100) },
      ]}
    />
  );
}
