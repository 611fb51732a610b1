/** Waivers in force, and granting one: by name, with a reason and an end. */
import { Button, Modal, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useAct, type Reply } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { FRAME } from "../../locales/frame.ts";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { FormFoot } from "../../parts/form-foot.tsx";
import { Section } from "../../parts/page.tsx";
import { useToast } from "../../parts/toast.tsx";
import styles from "./settings.module.css";
import { SETTINGS } from "./words.ts";

const ITEMS = ["baseline", "go", "works_council"] as const;
type Item = (typeof ITEMS)[number];
const isItem = (text: string): text is Item => (ITEMS as readonly string[]).includes(text);

export function Waivers({ workflow }: { workflow: Reply<"getWorkflow"> }) {
  const t = useWords(SETTINGS);
  const may = useMay();
  const formats = useFormats();
  const [open, setOpen] = useState(false);
  return (
    <div id="waivers">
      <Section
        title={t("waivers")}
        aside={
          may("waiver.grant") ? (
            <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>
              {t("waive")}
            </Button>
          ) : null
        }
      >
        {workflow.waivers.length === 0 ? (
          <p className={styles["soft"]}>{t("waiversNone")}</p>
        ) : (
          <ul className={styles["list"]}>
            {workflow.waivers.map((one) => (
              <li key={`${one.item}-${one.until}`}>
                {t("waiverIs", {
                  item: isItem(one.item) ? t(`item.${one.item}`) : one.item,
                  reason: one.reason,
                  person: one.person,
                  until: formats.day(one.until),
                })}
              </li>
            ))}
          </ul>
        )}
        {open ? <WaiveDialog workflow={workflow.name} close={() => setOpen(false)} /> : null}
      </Section>
    </div>
  );
}

function WaiveDialog({ workflow, close }: { workflow: string; close: () => void }) {
  const t = useWords(SETTINGS);
  const frame = useWords(FRAME);
  const toast = useToast();
  const waive = useAct("waive", { refreshes: ["getWorkflow", "listChanges", "getOverview"] });
  const [item, setItem] = useState<Item>("baseline");
  const [reason, setReason] = useState("");
  const [days, setDays] = useState("90");
  const valid = reason.trim().length >= 3 && /^\d+$/.test(days) && Number(days) >= 1 && Number(days) <= 400;
  const go = () =>
    waive.mutate(
      { params: { workflow }, body: { item, reason: reason.trim(), days: Number(days) } },
      {
        onSuccess() {
          toast.show({ what: t(item === "go" ? "waits" : "waived") });
          close();
        },
      },
    );
  return (
    <Modal opened onClose={close} title={t("waive")} closeButtonProps={{ "aria-label": frame("close") }}>
      <div className={styles["stack"]}>
        <NativeSelect
          label={t("waiverItem")}
          data-autofocus
          value={item}
          onChange={(event) => setItem(event.currentTarget.value as Item)}
          data={ITEMS.map((value) => ({ value, label: t(`item.${value}`) }))}
        />
        <Textarea
          label={t("reason")}
          autosize
          minRows={2}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <TextInput
          label={t("waiverDays")}
          inputMode="numeric"
          value={days}
          onChange={(event) => setDays(event.currentTarget.value)}
        />
        <FormFoot act={waive} verb={t("waive")} close={close} disabled={!valid} onAct={go} />
      </div>
    </Modal>
  );
}
