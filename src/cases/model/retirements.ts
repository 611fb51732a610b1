/** When the models of connections retire: the first day that their providers or whoever stored the connection named. */
import type { BreakerKey } from "../../models/breaker-board.ts";
import { firstDay, type Day } from "../../models/retirement.ts";
import type { Queryable } from "../../platform/database.ts";
import { sql } from "../../platform/sql.ts";

export async function readRetirements(database: Queryable): Promise<(key: BreakerKey) => Day | null> {
  const noted = await database.all<{ name: string; dates: Record<string, Day> }>(
    sql`select name, shown -> 'shutdownDates' as dates from connection where shown ? 'shutdownDates'`,
  );
  const told = await database.all<BreakerKey & { day: Day }>(
    sql`select connection, model, shutdown_date::text as day from canary where shutdown_date is not null`,
  );
  return ({ connection, model }) =>
    firstDay(
      noted.find((one) => one.name === connection)?.dates[model === "" ? connection : model],
      told.find((one) => one.connection === connection && one.model === model)?.day,
    );
}
