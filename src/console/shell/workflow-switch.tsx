/** Which workflow the pages are about; remembered with the person and written into the address. */
import { Menu, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { changePreferences, useHere } from "../data/me.tsx";
import { FRAME } from "../locales/frame.ts";
import { useWords } from "../locales/words.ts";
import { Icon } from "../parts/icon.tsx";
import styles from "./menus.module.css";

export function WorkflowSwitch({ folded }: { folded: boolean }) {
  const t = useWords(FRAME);
  const { me, workflow } = useHere();
  const navigate = useNavigate();
  const name = workflow?.name ?? t("noWorkflow");
  const face = (
    <>
      <span className={styles["mark"]} aria-hidden>
        {initials(name)}
      </span>
      {folded ? null : (
        <span className={styles["two"]}>
          <span className={styles["small"]}>{t("workflow")}</span>
          <span className={styles["name"]}>{name}</span>
        </span>
      )}
    </>
  );
  if (me.workflows.length < 2)
    return (
      <div className={styles["face"]} title={name}>
        {face}
      </div>
    );
  return (
    <Menu position="bottom-start" width={280}>
      <Menu.Target>
        <UnstyledButton className={styles["face"]} title={name}>
          {face}
          {folded ? <VisuallyHidden>{`${t("workflow")}: ${name}`}</VisuallyHidden> : null}
          {folded ? null : <Icon name="down" size={14} />}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {me.workflows.map((one) => (
          <Menu.Item
            key={one.name}
            leftSection={
              one.name === workflow?.name ? (
                <Icon name="check" size={14} />
              ) : (
                <span className={styles["gap"]} />
              )
            }
            onClick={() => {
              void changePreferences(me, { workflow: one.name });
              void navigate({ to: ".", search: { workflow: one.name } });
            }}
          >
            <span className={styles["two"]}>
              <span className={styles["name"]}>{one.name}</span>
              <span className={styles["small"]}>{one.purpose}</span>
            </span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

const initials = (name: string) =>
  name
    .split(/[-_ ]/)
    .map((part) => part[0] ?? "")
    .join("")
    .slice(0, 2)
    .toUpperCase();
