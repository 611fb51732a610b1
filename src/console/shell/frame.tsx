/**
 * The frame around every page: rail, main, and the line of help, always in the same place.
 *
 * On a wide screen the rail stands left, 200 px, and folds to icons. On a narrow one it becomes a bar at the bottom with
 * the pages used most and a drawer for the rest. The safe-stop state is in sight on both.
 */
import { Drawer, UnstyledButton } from "@mantine/core";
import { useDisclosure, useLocalStorage, useMediaQuery } from "@mantine/hooks";
import { Link, useLocation } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useLive } from "../data/live.ts";
import { useHere, useMay } from "../data/me.tsx";
import { FRAME } from "../locales/frame.ts";
import { useWords } from "../locales/words.ts";
import { Icon } from "../parts/icon.tsx";
import { RungWord } from "../parts/status-word.tsx";
import { PAGES, type PageName } from "../router.tsx";
import { sameWorkflow } from "./same-workflow.ts";
import styles from "./frame.module.css";
import { PersonMenu } from "./person-menu.tsx";
import { Support } from "./support.tsx";
import { WorkflowSwitch } from "./workflow-switch.tsx";

export function Frame({ children }: { children: ReactNode }) {
  const t = useWords(FRAME);
  const { workflow } = useHere();
  const heard = useLive(workflow?.name);
  const narrow = useMediaQuery("(max-width: 720px)", undefined, { getInitialValueInEffect: false });
  const [folded, setFolded] = useLocalStorage({
    key: "pilotage.folded",
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  return (
    <div className={styles["frame"]} data-folded={folded || undefined}>
      <a href="#content" className={styles["skip"]}>
        {t("skip")}
      </a>
      {narrow ? <Bar /> : <Rail folded={folded} fold={() => setFolded(!folded)} />}
      <main id="content" tabIndex={-1} className={styles["main"]}>
        {heard ? null : (
          <p className={styles["offline"]} role="status">
            <Icon name="warn" /> {t("offline")}
          </p>
        )}
        <div className={styles["content"]}>{children}</div>
        <Support />
      </main>
    </div>
  );
}

/** Pages that are there and that the reader may use. */
function usePages(): readonly PageName[] {
  const may = useMay();
  const { workflow } = useHere();
  return PAGES.filter((page) => page !== "inbox" || may("review.work") || workflow === undefined);
}

function PageLink({
  page,
  folded = false,
  onClick,
}: {
  page: PageName;
  folded?: boolean;
  onClick?: () => void;
}) {
  const t = useWords(FRAME);
  const { pathname } = useLocation();
  const current = pathname === `/${page}` || pathname.startsWith(`/${page}/`);
  return (
    <Link
      to={`/${page}`}
      search={sameWorkflow}
      className={styles["page"]}
      {...(current ? { "aria-current": "page" } : {})}
      {...(folded ? { title: t(`page.${page}`), "aria-label": t(`page.${page}`) } : {})}
      {...(onClick === undefined ? {} : { onClick })}
    >
      <Icon name={page} />
      <span className={styles["word"]}>{t(`page.${page}`)}</span>
    </Link>
  );
}

function Rail({ folded, fold }: { folded: boolean; fold: () => void }) {
  const t = useWords(FRAME);
  const { workflow } = useHere();
  const pages = usePages();
  return (
    <header className={styles["rail"]}>
      <WorkflowSwitch folded={folded} />
      <nav aria-label={t("pages")} className={styles["pages"]}>
        {pages.map((page) => (
          <PageLink key={page} page={page} folded={folded} />
        ))}
      </nav>
      <div className={styles["foot"]}>
        {workflow === undefined ? null : <SafeStop rung={workflow.rung} folded={folded} />}
        <PersonMenu folded={folded} />
        <UnstyledButton
          className={styles["fold"]}
          onClick={fold}
          aria-label={folded ? t("unfold") : t("fold")}
        >
          <Icon name={folded ? "unfold" : "fold"} />
        </UnstyledButton>
      </div>
    </header>
  );
}

function SafeStop({ rung, folded = false }: { rung: number; folded?: boolean }) {
  const t = useWords(FRAME);
  const inner = (
    <>
      <span className={styles["stopName"]}>{t("safeStop")}</span>
      <RungWord rung={rung} />
    </>
  );
  if (!PAGES.includes("operations"))
    return (
      <div className={styles["stop"]} data-folded={folded || undefined}>
        {inner}
      </div>
    );
  return (
    <Link
      to="/operations"
      search={sameWorkflow}
      hash="safe-stop"
      className={styles["stop"]}
      data-folded={folded || undefined}
    >
      {inner}
    </Link>
  );
}

const IN_BAR = 3;

function Bar() {
  const t = useWords(FRAME);
  const { workflow } = useHere();
  const pages = usePages();
  const { pathname } = useLocation();
  const [open, { open: show, close }] = useDisclosure(false);
  const first = pages.slice(0, IN_BAR);
  const inRest = pages.slice(IN_BAR).some((page) => pathname.startsWith(`/${page}`));
  return (
    <>
      <nav aria-label={t("pages")} className={styles["bar"]}>
        {first.map((page) => (
          <PageLink key={page} page={page} />
        ))}
        <UnstyledButton
          className={styles["page"]}
          onClick={show}
          aria-haspopup="dialog"
          {...(inRest ? { "data-current": true } : {})}
        >
          <Icon name="menu" />
          <span className={styles["word"]}>{t("more")}</span>
        </UnstyledButton>
      </nav>
      {workflow === undefined ? null : (
        <section
          aria-label={t("safeStop")}
          className={styles["stopLine"]}
          data-stopped={workflow.rung > 0 || undefined}
        >
          <SafeStop rung={workflow.rung} />
        </section>
      )}
      <Drawer
        opened={open}
        onClose={close}
        position="bottom"
        size="auto"
        title={t("pages")}
        closeButtonProps={{ "aria-label": t("close") }}
      >
        <div className={styles["drawer"]}>
          <WorkflowSwitch folded={false} />
          {pages.map((page) => (
            <PageLink key={page} page={page} onClick={close} />
          ))}
          {workflow === undefined ? null : <SafeStop rung={workflow.rung} />}
          <PersonMenu folded={false} />
        </div>
      </Drawer>
    </>
  );
}
