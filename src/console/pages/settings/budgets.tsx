/** Budgets of connections, over all workflows: what is used of each, and setting one. */
import { Button, Group, Modal, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { useIntl } from "react-intl";
import { useAct, useRead, type Reply } from "../../data/api.ts";
import { FRAME } from "../../locales/frame.ts";
import { useMoney } from "../../locales/money.ts";
import { useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { FormFoot } from "../../parts/form-foot.tsx";
import { Failed, Loading, Section } from "../../parts/page.tsx";
import { StatusWord, type Tone } from "../../parts/status-word.tsx";
import { useToast } from "../../parts/toast.tsx";
import { BUDGETS } from "./budgets-words.ts";
import { textsOf, valueOf } from "./dial-forms.ts";
import styles from "./settings.module.css";

type Found = Reply<"listBudgets">;
type Budget = Found["budgets"][number];
type Row = Budget["standings"][number] & Pick<Budget, "connection" | "setBy">;

const TONES: Record<Row["state"], Tone> = { good: "good", warning: "attention", spent: "bad" };

/** `connections`: those that can be asked. */
export function Budgets({ connections }: { connections: readonly string[] }) {
  const t = useWords(BUDGETS);
  const read = useRead("listBudgets", undefined, { every: 60_000 });
  const [edited, setEdited] = useState<string>();
  if (read.data === undefined)
    return (
      <Section title={t("title")}>
        {read.isError ? <Failed error={read.error} retry={read.refetch} /> : <Loading />}
      </Section>
    );
  const { data } = read;
  return (
    <Section
      title={t("title")}
      aside={
        connections.length === 0 ? undefined : (
          <Button size="compact-sm" variant="default" onClick={() => setEdited("")}>
            {t("set")}
          </Button>
        )
      }
    >
      <p className={styles["soft"]}>{t("what")}</p>
      <BudgetTable found={data} change={setEdited} />
      {edited === undefined ? null : (
        <BudgetDialog
          found={data}
          connections={connections}
          connection={edited}
          close={() => setEdited(undefined)}
        />
      )}
    </Section>
  );
}

function BudgetTable({ found, change }: { found: Found; change: (connection: string) => void }) {
  const t = useWords(BUDGETS);
  const money = useMoney(found.currency);
  const rows = found.budgets.flatMap(({ standings, connection, setBy }) =>
    standings.map((one): Row => ({ ...one, connection, setBy })),
  );
  return (
    <DataTable
      caption={t("title")}
      rows={rows}
      idOf={(row) => `${row.connection} ${row.period}`}
      empty={<p className={styles["soft"]}>{t("none")}</p>}
      columns={[
        { id: "connection", head: t("connection"), cell: (row) => row.connection },
        {
          id: "used",
          head: t("used"),
          cell: (row) => t(`used.${row.period}`, { used: money(row.used), most: money(row.most) }),
        },
        {
          id: "state",
          head: t("state"),
          cell: (row) => (
            <>
              <StatusWord plain tone={TONES[row.state]} word={t(`state.${row.state}`)} />
              {row.refused ? <span className={styles["soft"]}> {t("didNotFit")}</span> : null}
            </>
          ),
        },
        { id: "setBy", head: t("setBy"), wideOnly: true, cell: (row) => row.setBy },
        {
          id: "change",
          head: "",
          cell: (row) => (
            <Button
              size="compact-sm"
              variant="default"
              aria-label={t("changeOf", { name: row.connection })}
              onClick={() => change(row.connection)}
            >
              {t("change")}
            </Button>
          ),
        },
      ]}
    />
  );
}

interface DialogProps {
  found: Found;
  connections: readonly string[];
  /** Empty: to be chosen. */
  connection: string;
  close: () => void;
}

function BudgetDialog({ found, connections, connection, close }: DialogProps) {
  const t = useWords(BUDGETS);
  const frame = useWords(FRAME);
  const toast = useToast();
  const { locale } = useIntl();
  const comma = new Intl.NumberFormat(locale).format(1.5).includes(",");
  const standing = (name: string) => found.budgets.find((one) => one.connection === name)?.budget;
  const [name, setName] = useState(connection === "" ? (connections[0] ?? "") : connection);
  const [texts, setTexts] = useState(() => textsOf("budget", standing(name), comma));
  const [wrong, setWrong] = useState(false);
  const set = useAct("setBudget", { refreshes: ["listBudgets"] });
  function go() {
    const typed = valueOf("budget", texts);
    if ("problem" in typed) return setWrong(true);
    set.mutate(
      { params: { name }, body: { budget: typed.value as Budget["budget"] | null } },
      {
        onSuccess() {
          toast.show({ what: t("saved") });
          close();
        },
      },
    );
  }
  const field = (at: number, label: string) => (
    <TextInput
      label={label}
      inputMode="decimal"
      value={texts[at] ?? ""}
      {...(at === 0 && wrong ? { error: t("notNumber") } : {})}
      onChange={(event) => {
        const { value } = event.currentTarget;
        setWrong(false);
        setTexts(texts.map((one, place) => (place === at ? value : one)));
      }}
    />
  );
  return (
    <Modal opened onClose={close} title={t("set")} closeButtonProps={{ "aria-label": frame("close") }}>
      <div className={styles["stack"]}>
        {connection === "" ? (
          <NativeSelect
            label={t("connection")}
            data-autofocus
            value={name}
            data={[...connections]}
            onChange={(event) => {
              const chosen = event.currentTarget.value;
              setName(chosen);
              setTexts(textsOf("budget", standing(chosen), comma));
            }}
          />
        ) : (
          <p>{connection}</p>
        )}
        <Group grow align="flex-start">
          {field(0, t("perMonth"))}
          {field(1, t("perDay"))}
          {field(2, t("warnAt"))}
        </Group>
        <p className={styles["soft"]}>{t("empty", { currency: found.currency })}</p>
        <FormFoot act={set} verb={t("save")} close={close} onAct={go} />
      </div>
    </Modal>
  );
}
