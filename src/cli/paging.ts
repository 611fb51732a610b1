/** Long lists: follows `next` from page to page until enough is there. */

const LARGEST_PAGE = 500;

export interface Page<T> {
  items: T[];
  next: string | null;
}

/** Up to `limit` items; `next` tells where the rest begins, null when there is none. */
export async function readPages<T>(
  limit: number,
  before: string | undefined,
  load: (query: { limit: number; before?: string }) => Promise<Page<T>>,
): Promise<Page<T>> {
  const items: T[] = [];
  let next = before ?? null;
  do {
    const page = await load({
      limit: Math.min(LARGEST_PAGE, limit - items.length),
      ...(next === null ? {} : { before: next }),
    });
    items.push(...page.items);
    next = page.next;
  } while (next !== null && items.length < limit);
  return { items, next };
}
