/** Items of a set by their numbers; one that was made of a case leads to it. The first few, the others on demand. */
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useWords } from "../../locales/words.ts";
import { sameWorkflow } from "../../shell/same-workflow.ts";
import { RUNS } from "./run-words.ts";
import styles from "./runs.module.css";

export interface Item {
  no: number;
  case: string | null;
}

/** Below a list of items: which of them lead to a case. */
export function WhatLeadsWhere({ items }: { items: readonly Item[] }) {
  const t = useWords(RUNS);
  const linked = items.filter((one) => one.case !== null).length;
  const told = linked === 0 ? "linkedNone" : linked === items.length ? undefined : "linked";
  return told === undefined ? null : <p className={styles["soft"]}>{t(told)}</p>;
}

export function Items({ items, of, first = 8 }: { items: readonly Item[]; of: number; first?: number }) {
  const t = useWords(RUNS);
  const [all, setAll] = useState(false);
  const shown = all ? items : items.slice(0, first);
  const hidden = items.length - shown.length;
  const notListed = of - items.length;
  return (
    <ul className={styles["items"]}>
      {shown.map(({ no, case: id }) => (
        <li key={no}>
          {id === null ? (
            t("item", { no: String(no) })
          ) : (
            <Link
              to="/cases/$case"
              params={{ case: id }}
              search={sameWorkflow}
              aria-label={t("itemCase", { no: String(no) })}
            >
              {t("item", { no: String(no) })}
            </Link>
          )}
        </li>
      ))}
      {hidden > 0 ? (
        <li>
          <Button size="compact-sm" variant="subtle" onClick={() => setAll(true)}>
            {t("moreItems", { n: hidden })}
          </Button>
        </li>
      ) : notListed > 0 ? (
        <li className={styles["soft"]}>{t("notListed", { n: notListed })}</li>
      ) : null}
    </ul>
  );
}
