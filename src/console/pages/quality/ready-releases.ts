/** The releases of a workflow that can answer, newest first, with the day on which each was published. */
import { useRead } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";

/** Undefined while they are not known yet. */
export function useReadyReleases(workflow: string): { id: string; label: string }[] | undefined {
  const formats = useFormats();
  const { data } = useRead("listReleases", { params: { workflow } });
  return data?.releases
    .filter(({ state }) => state === "ready")
    .map(({ id, publishedAt }) => ({ id, label: `${id} · ${formats.day(publishedAt)}` }));
}
