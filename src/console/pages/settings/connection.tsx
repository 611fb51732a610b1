/** The form of a connection by its kind; a kind without a form of its own is written as JSON. */
import { Checkbox, Modal, NativeSelect, PasswordInput, Textarea, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useAct } from "../../data/api.ts";
import { FRAME } from "../../locales/frame.ts";
import { useWords } from "../../locales/words.ts";
import { FormFoot } from "../../parts/form-foot.tsx";
import { useToast } from "../../parts/toast.tsx";
import type { Connection } from "./connections.tsx";
import { CONNECTIONS } from "./connections-words.ts";
import { daysFrom, textOfDays } from "./day-list.ts";
import { groupsOf, linesOf } from "./group-lines.ts";
import { GroupRoles } from "./group-roles.tsx";
import { headerLines, headersFrom, offeredAs, offeredFrom, type OfferedLine } from "./offered-lines.ts";
import { OfferedModels } from "./offered-models.tsx";
import styles from "./settings.module.css";

type Kind = "openai" | "anthropic" | "bedrock" | "google" | "http" | "webhook" | "smtp" | "oidc" | "other";
interface Field {
  name:
    | "baseUrl"
    | "apiKey"
    | "region"
    | "accessKeyId"
    | "secretAccessKey"
    | "contract"
    | "shutdownDates"
    | "url"
    | "secret"
    | "host"
    | "port"
    | "security"
    | "user"
    | "password"
    | "from"
    | "name"
    | "issuer"
    | "clientId"
    | "clientSecret"
    | "groupsClaim"
    | "scopes"
    | "mostInFlight"
    | "headers"
    | "makePeople"
    | "trustEmail";
  as?: "secret" | "number" | "words" | "days" | "flag" | "headers" | readonly string[];
  optional?: true;
  start?: string;
  /** Where a kind means something else by it. */
  label?: "ownBaseUrl" | "apiKeyNeeded" | "apiKeyOrPair" | "awsRegion";
}

const NOTES: readonly Field[] = [
  { name: "region", optional: true },
  { name: "contract", optional: true },
  { name: "shutdownDates", as: "days", optional: true },
];
const AT_ONCE: Field = { name: "mostInFlight", as: "number", optional: true };
const KEY_AND_ADDRESS: readonly Field[] = [
  { name: "apiKey", as: "secret", label: "apiKeyNeeded" },
  { name: "baseUrl", optional: true, label: "ownBaseUrl" },
  ...NOTES,
  AT_ONCE,
];

const FIELDS: Record<Exclude<Kind, "other">, readonly Field[]> = {
  openai: [
    { name: "baseUrl" },
    { name: "apiKey", as: "secret", optional: true },
    { name: "headers", as: "headers", optional: true },
    ...NOTES,
    AT_ONCE,
  ],
  anthropic: KEY_AND_ADDRESS,
  bedrock: [
    { name: "region", label: "awsRegion" },
    { name: "apiKey", as: "secret", optional: true, label: "apiKeyOrPair" },
    { name: "accessKeyId", optional: true },
    { name: "secretAccessKey", as: "secret", optional: true },
    { name: "baseUrl", optional: true, label: "ownBaseUrl" },
    { name: "contract", optional: true },
    { name: "shutdownDates", as: "days", optional: true },
    AT_ONCE,
  ],
  google: KEY_AND_ADDRESS,
  http: [{ name: "url" }, { name: "secret", as: "secret" }, ...NOTES, AT_ONCE],
  webhook: [{ name: "url" }, { name: "secret", as: "secret" }],
  smtp: [
    { name: "host" },
    { name: "port", as: "number", start: "587" },
    { name: "security", as: ["starttls", "tls", "none"], start: "starttls" },
    { name: "user", optional: true },
    { name: "password", as: "secret", optional: true },
    { name: "from" },
  ],
  oidc: [
    { name: "name" },
    { name: "issuer" },
    { name: "clientId" },
    { name: "clientSecret", as: "secret", optional: true },
    { name: "scopes", as: "words", start: "email profile", optional: true },
    { name: "groupsClaim", start: "groups" },
    { name: "makePeople", as: "flag" },
    { name: "trustEmail", as: "flag" },
  ],
};
const KINDS = [...(Object.keys(FIELDS) as Exclude<Kind, "other">[]), "other"] as const;

/** Which field holds what is shown as the address. That of Bedrock follows from the region. */
const ADDRESS_FIELD: Partial<Record<Kind, Field["name"]>> = {
  openai: "baseUrl",
  anthropic: "baseUrl",
  google: "baseUrl",
  http: "url",
  webhook: "url",
  oidc: "issuer",
};

export function ConnectionDialog({
  connection,
  close,
}: {
  connection: Connection | undefined;
  close: () => void;
}) {
  const t = useWords(CONNECTIONS);
  const frame = useWords(FRAME);
  const toast = useToast();
  const save = useAct("saveConnection", { refreshes: ["listConnections", "listPolicyChanges"] });
  const [kind, setKind] = useState<Kind>(
    connection === undefined ? "openai" : (KINDS.find((one) => one === connection.kind) ?? "other"),
  );
  const [name, setName] = useState(connection?.name ?? "");
  const [json, setJson] = useState('{ "kind": "" }');
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries(
      Object.entries(connection?.shown ?? {}).flatMap(([key, value]) => {
        const text = textOf(key, value);
        return text === undefined ? [] : [[key === "address" ? (ADDRESS_FIELD[kind] ?? key) : key, text]];
      }),
    ),
  );
  const stored = new Set(namesIn(connection?.shown["stored"]));
  const [offered, setOffered] = useState(() => offeredFrom(connection?.shown["passThrough"]));
  const [groups, setGroups] = useState(() => linesOf(connection?.shown["groups"]));
  const [problem, setProblem] = useState<"notJson" | "notHeaders">();
  const fields = kind === "other" ? [] : FIELDS[kind];
  const valueOf = (field: Field) =>
    field.as === "secret" && values[field.name] === undefined
      ? ""
      : (values[field.name] ??
        (field.as === "headers" ? headerLines([...stored]) : undefined) ??
        field.start ??
        "");
  /** Left empty, and stored under this address. */
  const stays = (field: Field) =>
    stored.has(field.name) && (field.as === "secret" || field.name === "accessKeyId");
  const called = kind === "smtp" ? "mail" : name.trim();

  function settings(): Record<string, unknown> {
    if (kind === "other") return JSON.parse(json) as Record<string, unknown>;
    return {
      kind,
      ...Object.fromEntries(
        fields.flatMap((field) => {
          const text = valueOf(field).trim();
          if (text === "" || field.as === "headers") return [];
          return [[field.name, valueFrom(text, field.as)]];
        }),
      ),
      ...(kind === "oidc" ? { groups: groupsOf(groups) } : {}),
      ...(kind === "openai" ? offeredIn(offered) : {}),
    };
  }

  /** Everything that is stored anew, and which secrets stay. */
  function body(): { settings: Record<string, unknown>; keep?: string[] } {
    const given = settings();
    const lines = fields.find((field) => field.as === "headers");
    const { headers, keep } = lines ? headersFrom(valueOf(lines)) : { headers: {}, keep: [] };
    const kept = [
      ...keep,
      ...fields.filter((field) => stays(field) && valueOf(field).trim() === "").map((field) => field.name),
    ];
    return {
      settings: { ...given, ...(Object.keys(headers).length === 0 ? {} : { headers }) },
      ...(kept.length === 0 ? {} : { keep: kept }),
    };
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    setProblem(undefined);
    try {
      save.mutate(
        { params: { name: called }, body: body() },
        {
          onSuccess({ warnings, waiting }) {
            const said = warnings.length === 0 ? t("stored") : t("storedButFallbacks");
            toast.show({ what: waiting.length === 0 ? said : t("storedButWaits") });
            close();
          },
        },
      );
    } catch {
      setProblem(kind === "other" ? "notJson" : "notHeaders");
    }
  }

  return (
    <Modal
      opened
      onClose={close}
      title={connection === undefined ? t("add") : t("replaceOf", { name: connection.name })}
      closeButtonProps={{ "aria-label": frame("close") }}
    >
      <form onSubmit={submit} className={styles["stack"]}>
        {connection === undefined ? null : <p className={styles["soft"]}>{t("replaceWhat")}</p>}
        <NativeSelect
          label={t("kind")}
          data-autofocus
          value={kind}
          disabled={connection !== undefined}
          onChange={(event) => setKind(event.currentTarget.value as Kind)}
          data={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
        />
        <TextInput
          label={t("name")}
          description={t(kind === "smtp" ? "nameMail" : "nameWhat")}
          required
          withAsterisk={false}
          readOnly={connection !== undefined || kind === "smtp"}
          value={kind === "smtp" ? "mail" : name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {kind === "other" ? (
          <Textarea
            label={t("json")}
            className="mono"
            autosize
            minRows={6}
            spellCheck={false}
            value={json}
            onChange={(event) => setJson(event.currentTarget.value)}
          />
        ) : null}
        {fields.map((field) => {
          const shared = {
            label: t(`field.${field.label ?? field.name}`),
            value: valueOf(field),
            required: field.optional !== true && !stays(field),
            withAsterisk: false,
            ...(stays(field) ? { placeholder: t("keptSecret") } : {}),
          };
          const take = (text: string) => setValues({ ...values, [field.name]: text });
          if (field.as === "secret")
            return (
              <PasswordInput
                key={field.name}
                {...shared}
                autoComplete="off"
                onChange={(event) => take(event.currentTarget.value)}
              />
            );
          if (field.as === "headers")
            return (
              <Textarea
                key={field.name}
                {...shared}
                description={t("headersWhat")}
                classNames={{ input: "mono" }}
                autosize
                minRows={2}
                spellCheck={false}
                autoComplete="off"
                onChange={(event) => take(event.currentTarget.value)}
              />
            );
          if (field.as === "flag")
            return (
              <Checkbox
                key={field.name}
                label={shared.label}
                description={field.name === "trustEmail" ? t("trustEmailWhat") : undefined}
                checked={shared.value === "true"}
                onChange={(event) => take(String(event.currentTarget.checked))}
              />
            );
          if (typeof field.as === "object")
            return (
              <NativeSelect
                key={field.name}
                {...shared}
                data={[...field.as]}
                onChange={(event) => take(event.currentTarget.value)}
              />
            );
          return (
            <TextInput
              key={field.name}
              {...shared}
              autoComplete="off"
              {...(field.as === "number" ? { inputMode: "numeric" as const } : {})}
              onChange={(event) => take(event.currentTarget.value)}
            />
          );
        })}
        {kind === "openai" ? <OfferedModels lines={offered} change={setOffered} /> : null}
        {kind === "oidc" ? <GroupRoles lines={groups} change={setGroups} /> : null}
        <FormFoot
          act={save}
          verb={t("add")}
          close={close}
          {...(problem === undefined ? {} : { problem: t(problem) })}
        />
      </form>
    </Modal>
  );
}

function offeredIn(lines: readonly OfferedLine[]): Record<string, unknown> {
  const models = offeredAs(lines);
  return models === undefined ? {} : { passThrough: models };
}

const namesIn = (shown: unknown): string[] =>
  Array.isArray(shown) ? shown.filter((one): one is string => typeof one === "string") : [];

/** What is shown of a connection, as its field holds it; undefined for what no field shows. */
function textOf(key: string, value: unknown): string | undefined {
  if (key === "shutdownDates") return textOfDays(value);
  if (Array.isArray(value))
    return value.every((one) => typeof one === "string") ? value.join(" ") : undefined;
  return ["string", "number", "boolean"].includes(typeof value) ? String(value) : undefined;
}

function valueFrom(text: string, as: Field["as"]): unknown {
  if (as === "number") return Number(text);
  if (as === "flag") return text === "true";
  if (as === "days") return daysFrom(text);
  return as === "words" ? text.split(/\s+/) : text;
}
