/** What is on record about a case: verdicts, requests to models, deliveries, labels. */
import type { ReactNode } from "react";
import { useIntl } from "react-intl";
import { labelOf, type OutputField } from "../../case/output-fields.ts";
import { CASE, LABEL_SOURCE_WORDS } from "../../locales/case.ts";
import { REVIEW_REASON_WORDS, VERDICT_WORDS } from "../../locales/codes.ts";
import { SAID_WORDS } from "../../locales/corrections.ts";
import { useFormats } from "../../locales/formats.ts";
import { writtenMoney } from "../../locales/money.ts";
import { useCode, useWords } from "../../locales/words.ts";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { Section } from "../../parts/page.tsx";
import { CopyableId, RelativeTime, Simulated, Tag } from "../../parts/small.tsx";
import { StatusWord, type Tone } from "../../parts/status-word.tsx";
import styles from "./case.module.css";
import type { Case } from "./page.tsx";

const labelsOf = (paths: readonly string[] | null, fields: readonly OutputField[]) =>
  paths === null || paths.length === 0
    ? "–"
    : paths.map((path) => fields.find((field) => field.path === path)?.label ?? labelOf(path)).join(", ");

function None({ children }: { children: ReactNode }) {
  return <p className={styles["quiet"]}>{children}</p>;
}

type Said = NonNullable<Case["content"]>["said"];

/** In somebody's own words. */
function Words({ said }: { said: Said | undefined }) {
  return said?.map((one) => (
    <q key={one.text} className={styles["words"]}>
      {one.text}
    </q>
  ));
}

/** What was said in place of a verdict, and what the sender was asked and answered. */
function Notes({ said }: { said: Said }) {
  const kind = useCode(SAID_WORDS);
  const formats = useFormats();
  if (said.length === 0) return null;
  return (
    <ul className={styles["said"]}>
      {said.map((one) => (
        <li key={`${one.kind}${one.review}${one.at ?? ""}${one.text}`}>
          <span className={styles["by"]}>
            {[kind(one.kind), one.person, one.at === null ? null : formats.when(one.at)]
              .filter((part) => part !== null)
              .join(" · ")}
          </span>
          <q className={styles["words"]}>{one.text}</q>
        </li>
      ))}
    </ul>
  );
}

export function Reviews({ found, fields }: { found: Case; fields: readonly OutputField[] }) {
  const t = useWords(CASE);
  const verdict = useCode(VERDICT_WORDS);
  const reason = useCode(REVIEW_REASON_WORDS);
  const columns: Column<Case["reviews"][number]>[] = [
    {
      id: "verdict",
      head: t("verdict"),
      cell: (row) => (row.verdict === null ? labelOf(row.state) : verdict(row.verdict)),
    },
    {
      id: "person",
      head: t("person"),
      cell: (row) => (
        <>
          {row.person ?? "–"} {row.simulated ? <Simulated /> : null}
        </>
      ),
    },
    {
      id: "reason",
      head: t("reason"),
      cell: (row) => (
        <>
          {row.reason === null ? "–" : reason(row.reason)}
          <Words
            said={found.content?.said.filter((one) => one.kind === "verdict" && one.review === row.no)}
          />
        </>
      ),
    },
    { id: "changed", head: t("changed"), wideOnly: true, cell: (row) => labelsOf(row.fields, fields) },
    { id: "when", head: t("when"), cell: (row) => <RelativeTime at={row.decidedAt} /> },
  ];
  return (
    <Section title={t("reviews")}>
      <DataTable
        caption={t("reviews")}
        rows={found.reviews}
        columns={columns}
        idOf={(row) => String(row.no)}
        empty={<None>{t("noReviews")}</None>}
      />
      <Notes said={found.content?.said.filter((one) => one.kind !== "verdict") ?? []} />
    </Section>
  );
}

const ATTEMPT_TONES: Record<string, Tone> = {
  reserved: "waiting",
  answered: "good",
  failed: "bad",
  abandoned: "attention",
};

export function Attempts({ found }: { found: Case }) {
  const t = useWords(CASE);
  const formats = useFormats();
  const words = (state: string) => {
    const known = (["reserved", "answered", "failed", "abandoned"] as const).find((one) => one === state);
    return known === undefined ? state : t(`attempt.${known}`);
  };
  const { locale } = useIntl();
  const together = ({ amount, currency, unknown }: NonNullable<Case["cost"]>) =>
    amount === null || currency === null
      ? t("costTogetherUnknown")
      : t("costTogether", { amount: writtenMoney(amount, currency, locale), unknown });
  const columns: Column<Case["attempts"][number]>[] = [
    { id: "model", head: t("model"), cell: (row) => <code>{row.modelAnswered ?? row.modelAsked}</code> },
    {
      id: "state",
      head: t("outcome"),
      cell: (row) => (
        <StatusWord plain tone={ATTEMPT_TONES[row.state] ?? "unknown"} word={words(row.state)} />
      ),
    },
    { id: "error", head: t("reason"), wideOnly: true, cell: (row) => row.error ?? "–" },
    {
      id: "took",
      head: t("took"),
      number: true,
      cell: (row) => (row.milliseconds === null ? "–" : `${formats.number(row.milliseconds)} ms`),
    },
    {
      id: "cost",
      head: t("cost"),
      number: true,
      cell: (row) =>
        row.state === "reserved"
          ? "–"
          : row.cost === null
            ? t("costUnknown")
            : `${writtenMoney(row.cost.amount, row.cost.currency, locale)}${row.cost.estimated ? ` ${t("costEstimated")}` : ""}`,
    },
    { id: "when", head: t("when"), cell: (row) => <RelativeTime at={row.startedAt} /> },
  ];
  return (
    <Section title={t("attempts")}>
      <DataTable
        caption={t("attempts")}
        rows={found.attempts}
        columns={columns}
        idOf={(row) => String(row.no)}
        empty={<None>{t("noAttempts")}</None>}
      />
      {found.cost === null || found.attempts.length < 2 ? null : <None>{together(found.cost)}</None>}
    </Section>
  );
}

const DELIVERY_TONES: Record<string, Tone> = {
  pending: "waiting",
  held: "waiting",
  sent: "good",
  dead: "bad",
  cancelled: "unknown",
};

export function Deliveries({ found }: { found: Case }) {
  const t = useWords(CASE);
  const words = (state: string) => {
    const known = (["pending", "held", "cancelled", "sent", "dead"] as const).find((one) => one === state);
    return known === undefined ? labelOf(state) : t(`delivery.${known}`);
  };
  const columns: Column<Case["deliveries"][number]>[] = [
    { id: "target", head: t("target"), cell: (row) => row.target },
    {
      id: "state",
      head: t("outcome"),
      cell: (row) => (
        <StatusWord plain tone={DELIVERY_TONES[row.state] ?? "unknown"} word={words(row.state)} />
      ),
    },
    { id: "tries", head: t("tries"), number: true, cell: (row) => row.tries },
    { id: "error", head: t("reason"), wideOnly: true, cell: (row) => row.error ?? "–" },
    { id: "key", head: t("id"), wideOnly: true, cell: (row) => <CopyableId id={row.key} short /> },
    { id: "when", head: t("when"), cell: (row) => <RelativeTime at={row.sentAt} /> },
  ];
  return (
    <Section title={t("deliveries")}>
      <DataTable
        caption={t("deliveries")}
        rows={found.deliveries}
        columns={columns}
        idOf={(row) => row.key}
        empty={<None>{t("noDeliveries")}</None>}
      />
    </Section>
  );
}

export function Labels({ found, fields }: { found: Case; fields: readonly OutputField[] }) {
  const t = useWords(CASE);
  const source = useCode(LABEL_SOURCE_WORDS);
  const columns: Column<Case["labels"][number]>[] = [
    { id: "source", head: t("label"), cell: (row) => source(row.source) },
    {
      id: "judged",
      head: t("judged"),
      cell: (row) => (
        <>
          <StatusWord
            plain
            tone={row.wrong === null ? "unknown" : row.wrong ? "bad" : "good"}
            word={row.wrong === null ? "–" : row.wrong ? t("wrongWord") : t("right")}
          />
          {row.wrong === true ? ` ${labelsOf(row.wrongFields, fields)}` : ""}
        </>
      ),
    },
    { id: "seen", head: t("seenFirst"), wideOnly: true, cell: (row) => t(row.seen ? "yes" : "no") },
    {
      id: "person",
      head: t("person"),
      cell: (row) => (
        <>
          {row.person} {row.simulated ? <Simulated /> : null}{" "}
          {row.withdrawnAt === null ? null : <Tag>{t("withdrawn")}</Tag>}{" "}
          {row.superseded ? <Tag>{t("superseded")}</Tag> : null}
        </>
      ),
    },
    { id: "when", head: t("when"), cell: (row) => <RelativeTime at={row.at} /> },
  ];
  return (
    <Section title={t("labels")}>
      <DataTable
        caption={t("labels")}
        rows={found.labels}
        columns={columns}
        idOf={(row) => row.id}
        empty={<None>{t("noLabels")}</None>}
      />
    </Section>
  );
}
