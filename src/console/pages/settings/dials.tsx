/**
 * The dials of the workflow: what each means, what is in force, what waits for a second person, and changing them.
 *
 * The program decides whether a change tightens, loosens or waits; the page says what came of it.
 */
import { Button, Group, Modal, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useIntl } from "react-intl";
import { useAct, useRead, type Reply } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { DIAL_SENTENCES, DIAL_WORDS, useDialValue } from "../../locales/dials.ts";
import { FRAME } from "../../locales/frame.ts";
import { useFormats } from "../../locales/formats.ts";
import { useCode, useSay, useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { FormFoot } from "../../parts/form-foot.tsx";
import { Failed, Loading, Section } from "../../parts/page.tsx";
import { RelativeTime } from "../../parts/small.tsx";
import { StatusWord } from "../../parts/status-word.tsx";
import { useToast } from "../../parts/toast.tsx";
import { SettleChange } from "../overview/needs.tsx";
import { formOf, textsOf, valueOf, type DialForm } from "./dial-forms.ts";
import { ShareAndAutonomy } from "./share.tsx";
import styles from "./settings.module.css";
import { Waivers } from "./waivers.tsx";
import { SETTINGS } from "./words.ts";

export function Dials({ workflow }: { workflow: string }) {
  const read = useRead("getWorkflow", { params: { workflow } });
  const changes = useRead("listChanges", { params: { workflow } });
  if (read.data === undefined)
    return read.isError ? <Failed error={read.error} retry={read.refetch} /> : <Loading />;
  const list = changes.data?.changes ?? [];
  return (
    <>
      <DialTable workflow={workflow} dials={read.data.dials} changes={list} />
      <ShareAndAutonomy workflow={read.data} />
      <Pending workflow={workflow} changes={list} />
      <Waivers workflow={read.data} />
    </>
  );
}

type Change = Reply<"listChanges">["changes"][number];

interface DialRow {
  setting: string;
  value: unknown;
}

const ORDER = Object.keys(DIAL_SENTENCES);
/** Dials with a page of their own. */
const ELSEWHERE = new Set(["people", "support"]);

function DialTable({
  workflow,
  dials,
  changes,
}: {
  workflow: string;
  dials: Record<string, unknown>;
  changes: readonly Change[];
}) {
  const t = useWords(SETTINGS);
  const say = useSay();
  const may = useMay();
  const name = useCode(DIAL_WORDS);
  const value = useDialValue();
  const [changed, setChanged] = useState<DialRow>();
  const known = [
    ...ORDER,
    ...Object.keys(dials).filter((one) => !ORDER.includes(one) && !ELSEWHERE.has(one)),
  ];
  const rows = known.map((setting) => ({ setting, value: dials[setting] }));
  const mayChange = may("dial.tighten") || may("dial.loosen") || may("data.change");
  return (
    <>
      <p className={styles["soft"]} style={{ marginBottom: 12 }}>
        {t("dialsWhat")}
      </p>
      <DataTable
        caption={t("tab.dials")}
        rows={rows}
        idOf={(row) => row.setting}
        empty={null}
        columns={[
          {
            id: "dial",
            head: t("dial"),
            cell: ({ setting }) => (
              <>
                {name(setting)}
                <div className={styles["soft"]}>
                  {DIAL_SENTENCES[setting] === undefined ? null : say(DIAL_SENTENCES[setting])}
                </div>
              </>
            ),
          },
          {
            id: "value",
            head: t("value"),
            cell: ({ setting, value: stands }) => {
              const waits = changes.filter((one) => one.state === "pending" && one.setting === setting);
              return (
                <>
                  {value(setting, stands)}
                  {waits.map((one) => (
                    <div key={one.id}>
                      <StatusWord
                        plain
                        tone="waiting"
                        word={t("pendingTo", { after: value(setting, one.after) })}
                      />
                    </div>
                  ))}
                </>
              );
            },
          },
          ...(mayChange
            ? [
                {
                  id: "change",
                  head: "",
                  cell: (row: DialRow) => (
                    <Button
                      size="compact-sm"
                      variant="default"
                      aria-label={t("changeOf", { dial: name(row.setting) })}
                      onClick={() => setChanged(row)}
                    >
                      {t("change")}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
      />
      {changed === undefined ? null : (
        <ChangeDialog
          key={changed.setting}
          workflow={workflow}
          dial={changed}
          close={() => setChanged(undefined)}
        />
      )}
    </>
  );
}

const LABELS: Record<
  Exclude<DialForm, "per" | "retention" | "budget">,
  "newPercent" | "newValue" | "newSeconds" | "newHours" | "newList" | "newJson"
> = {
  percent: "newPercent",
  count: "newValue",
  seconds: "newSeconds",
  hours: "newHours",
  lines: "newList",
  json: "newJson",
};

const FIELDS = {
  retention: ["contentDays", "decisionDays"],
  budget: ["perMonth", "perDay", "warnAt"],
} as const;

function ChangeDialog({ workflow, dial, close }: { workflow: string; dial: DialRow; close: () => void }) {
  const t = useWords(SETTINGS);
  const say = useSay();
  const frame = useWords(FRAME);
  const name = useCode(DIAL_WORDS);
  const value = useDialValue();
  const formats = useFormats();
  const { locale } = useIntl();
  const toast = useToast();
  const { setting } = dial;
  const form = formOf(setting);
  const comma = new Intl.NumberFormat(locale).format(1.5).includes(",");
  const [texts, setTexts] = useState(() => textsOf(setting, dial.value, comma));
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState<"notNumber" | "notJson">();
  const set = useAct("setDial", { refreshes: ["getWorkflow", "listChanges", "getOverview"] });
  const type = (at: number, text: string) => {
    setProblem(undefined);
    setTexts(texts.map((one, place) => (place === at ? text : one)));
  };
  function go() {
    const typed = valueOf(setting, texts);
    if ("problem" in typed) return setProblem(typed.problem);
    set.mutate(
      {
        params: { workflow },
        body: { setting, value: typed.value, ...(reason.trim() === "" ? {} : { reason: reason.trim() }) },
      },
      {
        onSuccess(change) {
          toast.show({ what: t(change.state === "pending" ? "waits" : "changed") });
          close();
        },
      },
    );
  }
  const wrong = problem === undefined ? {} : { error: t(problem) };
  const first = texts[0] ?? "";
  return (
    <Modal opened onClose={close} title={name(setting)} closeButtonProps={{ "aria-label": frame("close") }}>
      <div className={styles["stack"]}>
        {DIAL_SENTENCES[setting] === undefined ? null : <p>{say(DIAL_SENTENCES[setting])}</p>}
        <p className={styles["soft"]}>{t("autonomyNow", { value: value(setting, dial.value) })}</p>
        {form === "per" ? (
          <NativeSelect
            label={t("newValue")}
            data-autofocus
            value={first}
            onChange={(event) => type(0, event.currentTarget.value)}
            data={["all", "category"].map((one) => ({ value: one, label: value(setting, one) }))}
          />
        ) : form === "retention" || form === "budget" ? (
          <Group grow align="flex-start">
            {FIELDS[form].map((label, at) => (
              <TextInput
                key={label}
                label={t(label)}
                inputMode="decimal"
                {...(at === 0 ? { "data-autofocus": true, ...wrong } : {})}
                value={texts[at] ?? ""}
                onChange={(event) => type(at, event.currentTarget.value)}
              />
            ))}
          </Group>
        ) : form === "json" || form === "lines" ? (
          <Textarea
            label={t(LABELS[form])}
            data-autofocus
            autosize
            minRows={3}
            maxRows={14}
            spellCheck={false}
            className="mono"
            {...wrong}
            value={first}
            onChange={(event) => type(0, event.currentTarget.value)}
          />
        ) : (
          <TextInput
            label={t(LABELS[form])}
            data-autofocus
            inputMode="decimal"
            placeholder={formats.number(2.5)}
            {...wrong}
            value={first}
            onChange={(event) => type(0, event.currentTarget.value)}
          />
        )}
        <TextInput
          label={t("reason")}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <FormFoot act={set} verb={t("change")} close={close} onAct={go} />
      </div>
    </Modal>
  );
}

function Pending({ workflow, changes }: { workflow: string; changes: readonly Change[] }) {
  const t = useWords(SETTINGS);
  const name = useCode(DIAL_WORDS);
  const value = useDialValue();
  const pending = changes.filter((one) => one.state === "pending");
  return (
    <Section title={t("pending")}>
      <DataTable
        caption={t("pending")}
        rows={pending}
        idOf={(row) => row.id}
        empty={<p className={styles["soft"]}>{t("pendingNone")}</p>}
        columns={[
          { id: "dial", head: t("dial"), cell: (row) => name(row.setting) },
          { id: "from", head: t("from"), wideOnly: true, cell: (row) => value(row.setting, row.before) },
          { id: "to", head: t("to"), cell: (row) => value(row.setting, row.after) },
          {
            id: "by",
            head: t("askedBy"),
            wideOnly: true,
            cell: (row) => (
              <>
                {row.requestedBy} <RelativeTime at={row.requestedAt} />
              </>
            ),
          },
          { id: "settle", head: "", cell: (row) => <SettleChange id={row.id} workflow={workflow} /> },
        ]}
      />
    </Section>
  );
}
