/** Texts that break programs come out of store, API and delivery as they went in. A few here; `npm run show -- case.4` takes 515. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openLog } from "../src/platform/log.ts";
import { unlock } from "../src/platform/master-key.ts";
import { sendStrings, startEcho, WORKFLOW_OF_STRINGS } from "./show/case/naughty.ts";
import { install } from "./support/installation.ts";

const CODES = (...codes: number[]) => String.fromCodePoint(...codes);

const STRINGS = [
  "",
  " ",
  "\t\r\n\v\f",
  "line\rbreaks\nof\r\nall kinds",
  `a NUL ${CODES(0)} in the middle`,
  `every control ${CODES(...Array.from({ length: 31 }, (_, i) => i + 1), 0x7f, 0x85)}`,
  `${CODES(0xfeff)}a byte order mark first`,
  `separators ${CODES(0x2028, 0x2029, 0x200b, 0x202e)}`,
  "undefined",
  "null",
  "-0",
  "1e400",
  "123456789012345678901234567890",
  "__proto__",
  "'; drop table case_; --",
  '"quoted", "twice"""',
  "=1+1;@SUM(A1)",
  "{{ input.text }} {% raw %} ${x} \\u0000 \\",
  "<script>alert(1)</script>",
  `combining Z${CODES(0x351, 0x36b, 0x343)} and ${CODES(0x1f469, 0x200d, 0x1f680)} and ${CODES(0x1d11e, 0x10ffff, 0xfffe)}`,
  "ﷺ ٠١٢٣ שלום",
];

describe("naughty strings", async () => {
  const installation = await install();
  const echo = await startEcho();

  test("come out of store, API and delivery as they went in, at every door", async () => {
    const { client, app, dataHome } = installation;
    const vault = await unlock({
      fromSetting: undefined,
      dataHome,
      database: app.database,
      log: openLog("error"),
    });
    const files = join(dataHome, "files", WORKFLOW_OF_STRINGS);
    const { cases, same, differences } = await sendStrings({ client, files, echo }, STRINGS, {
      database: app.database,
      vault,
    });
    expect(differences).toEqual([]);
    expect(cases).toBe(4 * STRINGS.length);
    expect(Object.values(same)).toEqual(Array.from({ length: 4 }, () => STRINGS.length));
    await echo.stop();
  });
});
