/** The fields of a case's output: from the schema of its release, or from what stands there when a person wrote it. */
import { useMemo } from "react";
import { isJsonObject, type JsonObject, type JsonValue } from "../../contract/json.ts";
import { outputFields, type OutputField } from "./output-fields.ts";
import { useRead, type Reply } from "../data/api.ts";

export type Case = Reply<"getCase">;

export function useOutputFields(found: Case | undefined): readonly OutputField[] {
  const release = found?.release;
  const named = release !== undefined && release !== "manual";
  const read = useRead("getRelease", { params: { release: release ?? "" } }, { enabled: named });
  return useMemo(() => {
    const document = read.data?.document;
    const schema: unknown = document?.["output"];
    const drafts: unknown = document?.["suggestions"];
    const suggestions = Array.isArray(drafts) ? drafts.filter((one) => typeof one === "string") : [];
    if (isJsonObject(schema)) return outputFields(schema, suggestions);
    const shown: unknown = found?.content?.final ?? found?.content?.output;
    return isJsonObject(shown) ? outputFields(schemaLike(shown)) : [];
  }, [read.data, found]);
}

/** A schema that a value fits, for the manual arm, which has no release. */
function schemaLike(value: JsonObject): JsonObject {
  const of = (one: JsonValue): JsonObject => {
    if (isJsonObject(one)) return schemaLike(one);
    if (Array.isArray(one)) return { type: "array" };
    return { type: one === null ? "string" : typeof one };
  };
  return {
    type: "object",
    properties: Object.fromEntries(Object.entries(value).map(([name, one]) => [name, of(one)])),
  };
}
