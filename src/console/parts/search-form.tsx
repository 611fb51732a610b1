/** A search: fields that are always there, others on demand, and what can be done with them. Choices count at once, what is typed with Enter or the button. */
import { Button } from "@mantine/core";
import type { FormEvent, ReactNode } from "react";
import { FRAME } from "../locales/frame.ts";
import { useWords } from "../locales/words.ts";
import styles from "./search-form.module.css";

/** Of a day's field. Below the field: above it, the fields of a row would stand at different heights. */
export const BELOW_THE_FIELD: ("label" | "input" | "description")[] = ["label", "input", "description"];

interface SearchFormProps {
  search: () => void;
  /** Absent where nothing is sought. */
  clear: (() => void) | undefined;
  open: boolean;
  setOpen: (open: boolean) => void;
  /** On the button that shows the other fields, and on the one that hides them. */
  words: { more: string; fewer: string };
  children: ReactNode;
  /** The fields on demand. */
  others: ReactNode;
}

export function SearchForm({ search, clear, open, setOpen, words, children, others }: SearchFormProps) {
  const t = useWords(FRAME);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    search();
  };
  return (
    <form role="search" className={styles["filters"]} onSubmit={submit}>
      {children}
      {open ? others : null}
      <div className={styles["acts"]}>
        <Button type="submit" variant="default">
          {t("search")}
        </Button>
        <Button variant="subtle" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? words.fewer : words.more}
        </Button>
        {clear === undefined ? null : (
          <Button variant="subtle" onClick={clear}>
            {t("clearFilters")}
          </Button>
        )}
      </div>
    </form>
  );
}
