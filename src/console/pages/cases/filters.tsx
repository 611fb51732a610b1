/** The search: number and state first, the rest on demand. Choices count at once, what is typed with Enter or the button. */
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useId, useRef, useState, type FormEvent } from "react";
import { ARMS, CASE_STATES, VERDICTS } from "../../../contract/states.ts";
import { useRead } from "../../data/api.ts";
import { ARM_WORDS, STATE_WORDS, VERDICT_WORDS } from "../../locales/codes.ts";
import { useSay, useWords, type Words } from "../../locales/words.ts";
import styles from "./cases.module.css";
import { isFacet, type Filter, type Wanted } from "./query.ts";
import { CASES } from "./words.ts";

interface FiltersProps {
  wanted: Wanted;
  seek: (wanted: Wanted) => void;
  workflow: string;
  /** Where the days of the search are days. */
  zone: string;
  example: string | undefined;
  /** Names of facets that are known. */
  facets: readonly string[];
}

const ALWAYS: readonly Filter[] = ["q", "state", "verdict"];

export function Filters({ wanted, seek, workflow, zone, example, facets }: FiltersProps) {
  const t = useWords(CASES);
  const say = useSay();
  const names = useId();
  const [typed, setTyped] = useState<Wanted>(wanted);
  const [open, setOpen] = useState(
    (Object.keys(wanted) as Filter[]).some((filter) => !ALWAYS.includes(filter)),
  );
  const releases = useRead("listReleases", { params: { workflow } }, { enabled: open });
  const filled = (values: Wanted): Wanted =>
    Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ""));
  // One that came with the address is judged at once, one that is being typed when it is sought.
  const [judged, setJudged] = useState(wanted.facet);
  const facet = typed.facet?.trim() ?? "";
  const wrong = facet !== "" && facet === judged && !isFacet(facet);
  const field = useRef<HTMLInputElement>(null);
  const search = (values: Wanted) => {
    const sought = filled(values);
    const { facet: asked = "" } = sought;
    setJudged(asked.trim());
    if (asked === "" || isFacet(asked)) return seek(sought);
    setOpen(true);
    requestAnimationFrame(() => field.current?.focus());
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    search(typed);
  };
  const text = (filter: Filter) => ({
    label: t(filter),
    value: typed[filter] ?? "",
    onChange: (event: { currentTarget: { value: string } }) =>
      setTyped({ ...typed, [filter]: event.currentTarget.value }),
  });
  // Below the field: above it, the fields of a row would stand at different heights.
  const days = {
    description: t("daysIn", { zone }),
    inputWrapperOrder: ["label", "input", "description"] as ("label" | "input" | "description")[],
  };
  const choice = (filter: Filter, options: readonly string[], table: Words = {}) => (
    <NativeSelect
      label={t(filter)}
      value={typed[filter] ?? ""}
      onChange={(event) => {
        const next = { ...typed, [filter]: event.currentTarget.value };
        setTyped(next);
        search(next);
      }}
      data={[
        { value: "", label: t("any") },
        ...[...new Set([...options, ...(typed[filter] ? [typed[filter]] : [])])].map((value) => ({
          value,
          label: table[value] === undefined ? value : say(table[value]),
        })),
      ]}
    />
  );
  return (
    <form role="search" className={styles["filters"]} onSubmit={submit}>
      <TextInput {...text("q")} placeholder={t("qWhat")} type="search" />
      {choice("state", Object.keys(CASE_STATES), STATE_WORDS)}
      {choice("verdict", ["auto", ...Object.keys(VERDICTS)], VERDICT_WORDS)}
      {open ? (
        <>
          {choice("arm", Object.keys(ARMS), ARM_WORDS)}
          {choice("release", ["manual", ...(releases.data?.releases.map((one) => one.id) ?? [])])}
          <TextInput {...text("team")} />
          <TextInput
            {...text("facet")}
            ref={field}
            list={names}
            autoComplete="off"
            error={
              wrong
                ? t(example === undefined ? "notFacet" : "notFacetExample", { example: example ?? "" })
                : undefined
            }
            {...(example === undefined ? {} : { placeholder: t("facetExample", { example }) })}
          />
          <datalist id={names}>
            {facets.map((name) => (
              <option key={name} value={`${name}=`} />
            ))}
          </datalist>
          <TextInput {...text("subject")} autoComplete="off" />
          <TextInput {...text("from")} type="date" {...days} />
          <TextInput {...text("to")} type="date" {...days} />
        </>
      ) : null}
      <div className={styles["acts"]}>
        <Button type="submit" variant="default">
          {t("search")}
        </Button>
        <Button variant="subtle" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t(open ? "fewer" : "more")}
        </Button>
        {Object.keys(wanted).length === 0 ? null : (
          <Button variant="subtle" onClick={() => seek({})}>
            {t("clear")}
          </Button>
        )}
      </div>
    </form>
  );
}
