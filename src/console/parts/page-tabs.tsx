/**
 * The tabs of a page. Which one is open stands behind `#` in the address, so that other pages can lead to it.
 *
 * A tab without content is not there for this reader.
 */
import { Tabs } from "@mantine/core";
import { useLocation, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";

export interface PageTabsProps<T extends string> {
  /** In their order. */
  tabs: readonly T[];
  /** Null: not for this reader, or not now. */
  content: Readonly<Record<T, ReactNode>>;
  /** Open when the address names none. */
  usual: T;
  label: (tab: T) => ReactNode;
}

export function PageTabs<T extends string>({ tabs, content, usual, label }: PageTabsProps<T>) {
  const { hash } = useLocation();
  const navigate = useNavigate();
  const there = tabs.filter((tab) => content[tab] !== null);
  const current = there.find((tab) => tab === hash) ?? usual;
  return (
    <Tabs
      value={current}
      keepMounted={false}
      onChange={(tab) => void navigate({ to: ".", search: true, hash: tab ?? usual, replace: true })}
    >
      <Tabs.List mb="lg">
        {there.map((tab) => (
          <Tabs.Tab key={tab} value={tab}>
            {label(tab)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {there.map((tab) => (
        <Tabs.Panel key={tab} value={tab}>
          {content[tab]}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
