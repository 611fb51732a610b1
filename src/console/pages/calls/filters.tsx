/** What calls are sought by. Choices count at once, what is typed with Enter or the button. */
import { NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { CALL_OUTCOMES } from "../../../contract/gateway-endpoints.ts";
import { useRead } from "../../data/api.ts";
import { useMay, useMe } from "../../data/me.tsx";
import { useCode, useWords } from "../../locales/words.ts";
import { BELOW_THE_FIELD, SearchForm } from "../../parts/search-form.tsx";
import type { Filter, Wanted } from "./query.ts";
import { CALLS, OUTCOME_WORDS } from "./words.ts";

interface FiltersProps {
  wanted: Wanted;
  seek: (wanted: Wanted) => void;
  /** Where the days are days. */
  zone: string;
  /** Keys that calls at hand came with, for readers who may not list keys. */
  keys: readonly { id: string; name: string }[];
}

interface Option {
  value: string;
  label: string;
}

export function Filters({ wanted, seek, zone, keys }: FiltersProps) {
  const t = useWords(CALLS);
  const outcome = useCode(OUTCOME_WORDS);
  const me = useMe();
  const may = useMay();
  const [typed, setTyped] = useState<Wanted>(wanted);
  const [open, setOpen] = useState(wanted.from !== undefined || wanted.to !== undefined);
  const connections = useRead("listConnections", {}, { enabled: may("connection.manage") });
  const known = useRead("listKeys", {}, { enabled: may("key.manage") });
  const search = (values: Wanted) =>
    seek(Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== "")));
  const text = (filter: Filter) => ({
    label: t(filter as "model"),
    value: typed[filter] ?? "",
    onChange: (event: { currentTarget: { value: string } }) =>
      setTyped({ ...typed, [filter]: event.currentTarget.value }),
  });
  const days = { description: t("daysIn", { zone }), inputWrapperOrder: BELOW_THE_FIELD };
  const choice = (filter: Filter, label: string, options: Option[]) => {
    const value = typed[filter] ?? "";
    const given = value === "" || options.some((one) => one.value === value);
    return (
      <NativeSelect
        label={label}
        value={value}
        onChange={(event) => {
          const next = { ...typed, [filter]: event.currentTarget.value };
          setTyped(next);
          search(next);
        }}
        data={[{ value: "", label: t("any") }, ...options, ...(given ? [] : [{ value, label: value }])]}
      />
    );
  };
  const answering = [
    ...me.workflows.map(({ name }) => ({ value: `workflow:${name}`, label: t("workflow", { name }) })),
    ...(connections.data?.connections ?? []).map(({ name }) => ({
      value: `connection:${name}`,
      label: t("connection", { name }),
    })),
  ];
  const held = known.data?.keys.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <SearchForm
      search={() => search(typed)}
      clear={Object.keys(wanted).length === 0 ? undefined : () => seek({})}
      open={open}
      setOpen={setOpen}
      words={{ more: t("more"), fewer: t("fewer") }}
      others={
        <>
          <TextInput {...text("from")} type="date" {...days} />
          <TextInput {...text("to")} type="date" {...days} />
        </>
      }
    >
      {choice("by", t("answers"), answering)}
      {choice(
        "outcome",
        t("outcome"),
        Object.keys(CALL_OUTCOMES).map((value) => ({ value, label: outcome(value) })),
      )}
      {choice("key", t("key"), held ?? keys.map(({ id, name }) => ({ value: id, label: name })))}
      <TextInput {...text("model")} type="search" />
    </SearchForm>
  );
}
