/** The search: number and state first, the rest on demand. Choices count at once, what is typed with Enter or the button. */
import { NativeSelect, TextInput } from "@mantine/core";
import { useId, useRef, useState } from "react";
import { ARMS, CASE_STATES, VERDICTS } from "../../../contract/states.ts";
import { useRead } from "../../data/api.ts";
import { ARM_WORDS, STATE_WORDS, VERDICT_WORDS } from "../../locales/codes.ts";
import { useSay, useWords, type Words } from "../../locales/words.ts";
import { BELOW_THE_FIELD, SearchForm } from "../../parts/search-form.tsx";
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
  const text = (filter: Filter) => ({
    label: t(filter),
    value: typed[filter] ?? "",
    onChange: (event: { currentTarget: { value: string } }) =>
      setTyped({ ...typed, [filter]: event.currentTarget.value }),
  });
  const days = { description: t("daysIn", { zone }), inputWrapperOrder: BELOW_THE_FIELD };
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
    <SearchForm
      search={() => search(typed)}
      clear={Object.keys(wanted).length === 0 ? undefined : () => seek({})}
      open={open}
      setOpen={setOpen}
      words={{ more: t("more"), fewer: t("fewer") }}
      others={
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
      }
    >
      <TextInput {...text("q")} placeholder={t("qWhat")} type="search" />
      {choice("state", Object.keys(CASE_STATES), STATE_WORDS)}
      {choice("verdict", ["auto", ...Object.keys(VERDICTS)], VERDICT_WORDS)}
    </SearchForm>
  );
}
