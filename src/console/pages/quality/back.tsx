/** What the pages of one run and of one gate share: the way back to Quality, and the page of one that is not there. */
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { Icon } from "../../parts/icon.tsx";
import { Empty, Page } from "../../parts/page.tsx";
import { sameWorkflow } from "../../shell/same-workflow.ts";

export function BackToQuality({ label }: { label: string }) {
  return (
    <Button
      variant="default"
      leftSection={<Icon name="fold" />}
      renderRoot={(props) => <Link {...props} to="/quality" search={sameWorkflow} />}
    >
      {label}
    </Button>
  );
}

export function Gone({ title, gone, what, back }: Record<"title" | "gone" | "what" | "back", string>) {
  return (
    <Page title={title}>
      <Empty icon="quality" title={gone} action={<BackToQuality label={back} />}>
        <p>{what}</p>
      </Empty>
    </Page>
  );
}
