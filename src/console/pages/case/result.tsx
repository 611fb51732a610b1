/** What was suggested and what became of it, field by field; what differs is marked and says so in words. */
import { isJsonObject } from "../../../contract/json.ts";
import { valueAt, type OutputField } from "../../case/output-fields.ts";
import { shownValue } from "../../case/shown-value.ts";
import { CASE } from "../../locales/case.ts";
import { useWords } from "../../locales/words.ts";
import styles from "./case.module.css";
import type { Case } from "./page.tsx";

export function Result({ found, fields }: { found: Case; fields: readonly OutputField[] }) {
  const t = useWords(CASE);
  const { content } = found;
  if (content === null)
    return <p className={styles["quiet"]}>{found.state === "erased" ? t("erased") : t("noContent")}</p>;
  const suggested: unknown = content.output;
  const final: unknown = content.final;
  const one = isJsonObject(suggested);
  const other = isJsonObject(final);
  return (
    <>
      {content.withheld ? <p className={styles["quiet"]}>{t("withheld")}</p> : null}
      {!one && !other ? (
        <p className={styles["quiet"]}>{t("noResult")}</p>
      ) : (
        <table className={styles["compare"]}>
          <thead>
            <tr>
              <th scope="col">{t("field")}</th>
              {one ? <th scope="col">{t("suggestion")}</th> : null}
              {other ? <th scope="col">{t("final")}</th> : null}
            </tr>
          </thead>
          <tbody>
            {fields.map((field) => {
              const before = shownValue(valueAt(suggested, field.path), field);
              const after = shownValue(valueAt(final, field.path), field);
              return (
                <tr key={field.path} data-differs={(one && other && before !== after) || undefined}>
                  <th scope="row">{field.label}</th>
                  {one ? <td>{before}</td> : null}
                  {other ? <td>{one && before !== after ? <ins>{after}</ins> : after}</td> : null}
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </>
  );
}
