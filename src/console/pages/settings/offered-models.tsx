/** Which models of a connection are offered over the OpenAI-compatible endpoint: one block for each. */
import { ActionIcon, Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useWords } from "../../locales/words.ts";
import { Icon } from "../../parts/icon.tsx";
import { CONNECTIONS } from "./connections-words.ts";
import { NEW_LINE, type OfferedLine } from "./offered-lines.ts";
import { OfferedPolicy } from "./offered-policy.tsx";
import styles from "./settings.module.css";

export function OfferedModels({
  lines,
  change,
}: {
  lines: readonly OfferedLine[];
  change: (lines: OfferedLine[]) => void;
}) {
  const t = useWords(CONNECTIONS);
  const set = (at: number, next: Partial<OfferedLine>) =>
    change(lines.map((one, place) => (place === at ? { ...one, ...next } : one)));
  return (
    <fieldset className={styles["groups"]}>
      <legend className={styles["label"]}>{t("offered")}</legend>
      <p className={styles["soft"]}>{t("offeredWhat")}</p>
      {lines.map((line, at) => (
        // Lines have no identity of their own; their place is it.
        // eslint-disable-next-line react/no-array-index-key
        <div key={at} className={styles["offered"]}>
          <div className={styles["offeredHead"]}>
            <TextInput
              label={t("offeredName")}
              autoComplete="off"
              required
              withAsterisk={false}
              value={line.name}
              onChange={(event) => set(at, { name: event.currentTarget.value })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t("removeOffered", { name: line.name })}
              onClick={() => change(lines.filter((_, place) => place !== at))}
            >
              <Icon name="cross" />
            </ActionIcon>
          </div>
          <TextInput
            label={t("offeredFallback")}
            autoComplete="off"
            value={line.fallback}
            onChange={(event) => set(at, { fallback: event.currentTarget.value })}
          />
          <TextInput
            label={t("offeredLarger")}
            autoComplete="off"
            value={line.larger}
            onChange={(event) => set(at, { larger: event.currentTarget.value })}
          />
          <NativeSelect
            label={t("offeredMode")}
            value={line.mode}
            onChange={(event) => set(at, { mode: event.currentTarget.value as OfferedLine["mode"] })}
            data={(["buffered", "live"] as const).map((value) => ({ value, label: t(`mode.${value}`) }))}
          />
          <TextInput
            label={t("offeredUntil")}
            type="date"
            value={line.shutdownDate}
            onChange={(event) => set(at, { shutdownDate: event.currentTarget.value })}
          />
          <Checkbox
            label={t("offeredImages")}
            checked={line.images}
            onChange={(event) => set(at, { images: event.currentTarget.checked })}
          />
          <OfferedPolicy model={line.name} policy={line.policy} change={(policy) => set(at, { policy })} />
        </div>
      ))}
      <Button
        variant="default"
        size="compact-sm"
        className={styles["addGroup"] ?? ""}
        onClick={() => change([...lines, NEW_LINE])}
      >
        {t("addOffered")}
      </Button>
    </fieldset>
  );
}
