/** Keys of programs: what each may do and until when; a new one is shown once, a revoked one is refused at once. */
import { Button, Checkbox, Modal, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { now } from "../../clock.ts";
import { useAct, useRead, type Reply } from "../../data/api.ts";
import { FRAME } from "../../locales/frame.ts";
import { useFormats } from "../../locales/formats.ts";
import { useCode, useWords } from "../../locales/words.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { FormFoot } from "../../parts/form-foot.tsx";
import { Failed, Loading } from "../../parts/page.tsx";
import { Simulated } from "../../parts/small.tsx";
import { StatusWord } from "../../parts/status-word.tsx";
import { useToast } from "../../parts/toast.tsx";
import styles from "./settings.module.css";
import { ShownOnce } from "./shown-once.tsx";
import { LIMIT_WORDS, SCOPE_WORDS, SETTINGS } from "./words.ts";

type Key = Reply<"listKeys">["keys"][number];
type Made = Reply<"makeKey">;
type Asked = keyof typeof SCOPE_WORDS;

export function Keys({ workflows }: { workflows: readonly string[] }) {
  const t = useWords(SETTINGS);
  const scope = useCode(SCOPE_WORDS);
  const limitWord = useCode(LIMIT_WORDS);
  const formats = useFormats();
  const toast = useToast();
  const keys = useRead("listKeys");
  const revoke = useAct("revokeKey", { refreshes: ["listKeys"] });
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<Made>();
  const [asked, setAsked] = useState<Key>();
  if (keys.data === undefined)
    return keys.isError ? <Failed error={keys.error} retry={keys.refetch} /> : <Loading />;
  const limitsOf = ({ limits }: Key) =>
    Object.entries(limits ?? {}).flatMap(([measure, periods]) =>
      Object.entries(periods).map(([period, most]) =>
        t("limit", {
          most: measure === "cost" ? String(most) : formats.number(Number(most)),
          measure: limitWord(measure),
          period: limitWord(period),
        }),
      ),
    );
  const dead = (key: Key) => key.revoked || Date.parse(key.expiresAt) < now();
  return (
    <>
      <div className={styles["head"]}>
        <p>{t("keysWhat")}</p>
        <Button onClick={() => setMaking(true)}>{t("makeKey")}</Button>
      </div>
      <DataTable
        caption={t("tab.keys")}
        rows={keys.data.keys}
        idOf={(row) => row.id}
        empty={<p className={styles["soft"]}>{t("keysNone")}</p>}
        columns={[
          {
            id: "name",
            head: t("keyName"),
            cell: (row) => (
              <>
                {row.name} {row.simulated ? <Simulated /> : null}
              </>
            ),
          },
          {
            id: "scopes",
            head: t("scopes"),
            wideOnly: true,
            cell: (row) => formats.list(row.scopes.map(scope)),
          },
          {
            id: "bound",
            head: t("boundTo"),
            wideOnly: true,
            cell: (row) => row.workflow ?? t("allWorkflows"),
          },
          {
            id: "limits",
            head: t("limits"),
            wideOnly: true,
            cell: (row) => limitsOf(row).join(" · ") || t("noLimits"),
          },
          { id: "expires", head: t("expires"), wideOnly: true, cell: (row) => formats.day(row.expiresAt) },
          {
            id: "state",
            head: t("state"),
            cell: (row) => (
              <StatusWord
                plain
                tone={dead(row) ? "unknown" : "good"}
                word={t(row.revoked ? "revoked" : dead(row) ? "expired" : "inForce")}
              />
            ),
          },
          {
            id: "revoke",
            head: "",
            cell: (row) =>
              dead(row) ? null : (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={`${t("revoke")}: ${row.name}`}
                  onClick={() => setAsked(row)}
                >
                  {t("revoke")}
                </Button>
              ),
          },
        ]}
      />
      {making ? (
        <MakeDialog
          workflows={workflows}
          close={() => setMaking(false)}
          took={(key) => {
            setMaking(false);
            setMade(key);
          }}
        />
      ) : null}
      {made === undefined ? null : (
        <ShownOnce
          title={t("keyMade", { name: made.name })}
          secret={made.secret}
          close={() => setMade(undefined)}
        />
      )}
      {asked === undefined ? null : (
        <Confirm
          open
          danger
          title={t("revokeTitle", { name: asked.name })}
          verb={t("revoke")}
          onClose={() => setAsked(undefined)}
          onConfirm={async () => {
            await revoke.mutateAsync({ params: { id: asked.id } });
            toast.show({ what: t("keyRevoked") });
          }}
        >
          <p>{t("revokeWhat")}</p>
        </Confirm>
      )}
    </>
  );
}

interface MakeProps {
  workflows: readonly string[];
  close: () => void;
  took: (key: Made) => void;
}

function MakeDialog({ workflows, close, took }: MakeProps) {
  const t = useWords(SETTINGS);
  const frame = useWords(FRAME);
  const scopeWord = useCode(SCOPE_WORDS);
  const make = useAct("makeKey", { refreshes: ["listKeys"] });
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<Asked[]>([]);
  const [workflow, setWorkflow] = useState(workflows[0] ?? "");
  const [days, setDays] = useState("365");
  const valid = name.trim() !== "" && scopes.length > 0 && Number(days) > 0 && Number(days) <= 3650;
  const go = () =>
    make.mutate(
      { body: { name: name.trim(), scopes, days: Number(days), ...(workflow === "" ? {} : { workflow }) } },
      { onSuccess: took },
    );
  return (
    <Modal opened onClose={close} title={t("makeKey")} closeButtonProps={{ "aria-label": frame("close") }}>
      <div className={styles["stack"]}>
        <TextInput
          label={t("keyName")}
          description={t("keyNameWhat")}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Checkbox.Group label={t("scopes")} value={scopes} onChange={setScopes}>
          <div className={styles["stack"]} style={{ gap: 8, marginTop: 4 }}>
            {(Object.keys(SCOPE_WORDS) as Asked[]).map((scope) => (
              <Checkbox key={scope} value={scope} label={`${scopeWord(scope)} (${scope})`} />
            ))}
          </div>
        </Checkbox.Group>
        <NativeSelect
          label={t("boundTo")}
          value={workflow}
          onChange={(event) => setWorkflow(event.currentTarget.value)}
          data={[
            ...workflows.map((value) => ({ value, label: value })),
            { value: "", label: t("allWorkflows") },
          ]}
        />
        <TextInput
          label={t("days")}
          inputMode="numeric"
          value={days}
          onChange={(event) => setDays(event.currentTarget.value)}
        />
        <FormFoot act={make} verb={t("makeKey")} close={close} disabled={!valid} onAct={go} />
      </div>
    </Modal>
  );
}
