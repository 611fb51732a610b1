/** The releases of a workflow that can answer, newest first, with the day on which each was published. */
import { useRead } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";

/** A read like others; `data` is undefined while they are not known yet. */
export function useReadyReleases(workflow: string) {
  const formats = useFormats();
  const { data, isError, error, refetch } = useRead("listReleases", { params: { workflow } });
  const ready = data?.releases
    .filter(({ state }) => state === "ready")
    .map(({ id, publishedAt }) => ({ id, label: `${id} · ${formats.day(publishedAt)}` }));
  return { data: ready, isError, error, refetch };
}
