/** The data policy of one offered model: what of a request may leave the house, and who may ask. */
import { Checkbox, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { PERSONAL_ACTIONS, kindNames, type PersonalAction } from "../../../definition/personal/kinds.ts";
import { KIND_WORDS } from "../../locales/personal-kinds.ts";
import { useCode, useWords } from "../../locales/words.ts";
import { NEW_POLICY, type PolicyLines } from "./offered-policy-lines.ts";
import { OFFERED_POLICY } from "./offered-policy-words.ts";
import styles from "./settings.module.css";

export function OfferedPolicy({
  model,
  policy,
  change,
}: {
  model: string;
  policy: PolicyLines | undefined;
  change: (policy: PolicyLines | undefined) => void;
}) {
  const t = useWords(OFFERED_POLICY);
  const kind = useCode(KIND_WORDS);
  const set = (next: Partial<PolicyLines>) => change({ ...policy!, ...next });
  return (
    <>
      <Checkbox
        label={t("policy")}
        description={policy === undefined ? t("none") : t("what")}
        checked={policy !== undefined}
        onChange={(event) => change(event.currentTarget.checked ? NEW_POLICY : undefined)}
      />
      {policy === undefined ? null : (
        <fieldset className={styles["offered"]}>
          <legend className={styles["label"]}>{t("of", { model })}</legend>
          <TextInput
            label={t("fields")}
            description={t("fieldsWhat")}
            classNames={{ input: "mono" }}
            autoComplete="off"
            value={policy.fields}
            onChange={(event) => set({ fields: event.currentTarget.value })}
          />
          <NativeSelect
            label={t("unknown")}
            value={policy.unknownFields}
            onChange={(event) =>
              set({ unknownFields: event.currentTarget.value as PolicyLines["unknownFields"] })
            }
            data={(["drop", "refuse"] as const).map((value) => ({ value, label: t(`unknown.${value}`) }))}
          />
          {(["tools", "files", "audio"] as const).map((what) => (
            <Checkbox
              key={what}
              label={t(what)}
              checked={policy[what]}
              onChange={(event) => set({ [what]: event.currentTarget.checked })}
            />
          ))}
          <p className={styles["soft"]}>{t("scan")}</p>
          {kindNames.map((name) => (
            <NativeSelect
              key={name}
              label={kind(name)}
              value={policy.scan[name]}
              onChange={(event) =>
                set({ scan: { ...policy.scan, [name]: event.currentTarget.value as PersonalAction } })
              }
              data={PERSONAL_ACTIONS.map((value) => ({ value, label: t(`action.${value}`) }))}
            />
          ))}
          <Textarea
            label={t("mask")}
            description={t("maskWhat")}
            classNames={{ input: "mono" }}
            autosize
            minRows={2}
            spellCheck={false}
            value={policy.mask}
            onChange={(event) => set({ mask: event.currentTarget.value })}
          />
          <TextInput
            label={t("keys")}
            description={t("keysWhat")}
            autoComplete="off"
            value={policy.keys}
            onChange={(event) => set({ keys: event.currentTarget.value })}
          />
        </fieldset>
      )}
    </>
  );
}
