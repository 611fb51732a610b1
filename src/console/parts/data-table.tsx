/**
 * A table of records: text left, numbers right, sticky head, rows of 36 px, up and down by keys.
 *
 * Where the page is as narrow as a phone, each row stands as a block with the head beside each value, so that nothing
 * scrolls to the side; the roles are named because a block is no table to a browser.
 *
 * One row is the tab stop; arrows, Home and End move it, Enter opens it. A row that opens something holds a real link or
 * button in its first cell too, so that a mouse and a screen reader find it.
 */
import { Button } from "@mantine/core";
import { createColumnHelper, tableFeatures, useTable } from "@tanstack/react-table";
import { useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { FRAME } from "../locales/frame.ts";
import { useWords } from "../locales/words.ts";
import styles from "./data-table.module.css";

const features = tableFeatures({});

export interface Column<T> {
  id: string;
  head: string;
  cell: (row: T) => ReactNode;
  /** Right-aligned, with tabular figures. */
  number?: boolean;
  /** Left out where the page is narrow. */
  wideOnly?: boolean;
}

export interface DataTableProps<T extends object> {
  /** What the table lists, for screen readers. */
  caption: string;
  rows: readonly T[];
  columns: readonly Column<T>[];
  idOf: (row: T) => string;
  onOpen?: (row: T) => void;
  /** In place of the table when there is no row. */
  empty: ReactNode;
  /** There are more; loads them. */
  more?: (() => void) | undefined;
}

export function DataTable<T extends object>({
  caption,
  rows,
  columns,
  idOf,
  onOpen,
  empty,
  more,
}: DataTableProps<T>) {
  const t = useWords(FRAME);
  const body = useRef<HTMLTableSectionElement>(null);
  const [at, setAt] = useState(0);
  const definitions = useMemo(() => {
    const helper = createColumnHelper<typeof features, T>();
    return columns.map((column) =>
      helper.display({ id: column.id, header: column.head, cell: ({ row }) => column.cell(row.original) }),
    );
  }, [columns]);
  const data = useMemo(() => [...rows], [rows]);
  const table = useTable({ features, columns: definitions, data, getRowId: idOf });
  if (rows.length === 0) return empty;
  const stop = Math.min(at, rows.length - 1);

  function move(event: KeyboardEvent<HTMLTableRowElement>, row: T) {
    if (event.target !== event.currentTarget) return;
    if (event.key === "Enter" && onOpen) return onOpen(row);
    const next = { ArrowDown: stop + 1, ArrowUp: stop - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const to = Math.max(0, Math.min(rows.length - 1, next));
    setAt(to);
    (body.current?.rows[to] as HTMLElement | undefined)?.focus();
  }

  const look = new Map(
    columns.map((column) => [
      column.id,
      `${column.number ? styles["number"] : ""} ${column.wideOnly ? styles["wideOnly"] : ""}`,
    ]),
  );
  const heads = new Map(columns.map((column) => [column.id, column.head]));
  return (
    <div className={styles["frame"]} role="region" aria-label={caption} tabIndex={-1}>
      <table className={styles["table"]} role="table">
        <caption className={styles["caption"]}>{caption}</caption>
        <thead role="rowgroup">
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id} role="row">
              {group.headers.map((header) => (
                <th key={header.id} scope="col" role="columnheader" className={look.get(header.column.id)}>
                  <table.FlexRender header={header} />
                </th>
              ))}
            </tr>
          ))}
        </thead>
        <tbody ref={body} role="rowgroup">
          {table.getRowModel().rows.map((row, index) => (
            <tr
              key={row.id}
              role="row"
              tabIndex={index === stop ? 0 : -1}
              className={onOpen ? styles["opens"] : undefined}
              onFocus={() => setAt(index)}
              onKeyDown={(event) => move(event, row.original)}
              onClick={(event) => {
                if (onOpen && !(event.target as HTMLElement).closest("a,button,input,select,textarea"))
                  onOpen(row.original);
              }}
            >
              {row.getAllCells().map((cell) => (
                <td
                  key={cell.id}
                  role="cell"
                  data-head={heads.get(cell.column.id)}
                  className={look.get(cell.column.id)}
                >
                  <table.FlexRender cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {more === undefined ? null : (
        <Button variant="subtle" className={styles["more"] ?? ""} onClick={more}>
          {t("loadMore")}
        </Button>
      )}
    </div>
  );
}
