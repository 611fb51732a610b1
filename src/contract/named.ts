/** Path parameters of an endpoint. */
import { z } from "zod";

/** Path parameters by name, each a short text. */
export function named<const N extends string>(...names: N[]) {
  const shape = Object.fromEntries(names.map((name) => [name, z.string().min(1).max(200)])) as Record<
    N,
    z.ZodString
  >;
  return z.object(shape);
}
