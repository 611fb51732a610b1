/** A page of a workflow where there is none yet: says so, and what will stand here. */
import type { ReactNode } from "react";
import { FRAME } from "../locales/frame.ts";
import { useWords } from "../locales/words.ts";
import type { IconName } from "./icon.tsx";
import { Empty, Page } from "./page.tsx";

export function NoWorkflow({
  title,
  icon,
  children,
}: {
  title: string;
  icon: IconName;
  children: ReactNode;
}) {
  const t = useWords(FRAME);
  return (
    <Page
      title={title}
      empty={
        <Empty icon={icon} title={t("noWorkflow")}>
          {children}
        </Empty>
      }
    />
  );
}
