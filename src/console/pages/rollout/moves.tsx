/** The steps that a person can ask for, each in two clicks with its consequence; the way back is always in sight. */
import { Button, Checkbox, Modal, Textarea } from "@mantine/core";
import { useState } from "react";
import type { Action } from "../../../contract/access.ts";
import type { Move } from "../../../contract/rollout.ts";
import { useAct } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { FRAME } from "../../locales/frame.ts";
import { useSay, useWords } from "../../locales/words.ts";
import { FormFoot } from "../../parts/form-foot.tsx";
import { useToast } from "../../parts/toast.tsx";
import type { Rollout } from "./page.tsx";
import { MOVE_SENTENCES, MOVE_WORDS, ROLLOUT } from "./words.ts";

type Asked = Exclude<Move, "start">;
const REFRESHES = ["getRollout", "listRollouts", "getWorkflow", "getOverview", "listChanges"] as const;
const NEEDS: Record<Asked, readonly Action[]> = {
  advance: ["share.raise"],
  promote: ["share.raise"],
  hold: ["share.lower"],
  resume: ["share.pilot", "share.raise"],
  roll_back: ["share.lower"],
  abort: ["share.lower"],
};
const DANGER: readonly Asked[] = ["roll_back", "abort"];

interface Props {
  rollout: Rollout;
  workflow: string;
  asked: () => void;
}

export function Moves({ rollout, workflow, asked }: Props) {
  const say = useSay();
  const may = useMay();
  const [wanted, setWanted] = useState<Asked>();
  const open = (rollout.moves as Asked[]).filter((move) => NEEDS[move].some((action) => may(action)));
  return (
    <>
      {open.map((move) => (
        <Button
          key={move}
          variant={move === "advance" || move === "promote" ? "filled" : "default"}
          onClick={() => setWanted(move)}
        >
          {say(MOVE_WORDS[move])}
        </Button>
      ))}
      {wanted === undefined ? null : (
        <MoveDialog
          key={wanted}
          move={wanted}
          rollout={rollout}
          workflow={workflow}
          asked={asked}
          close={() => setWanted(undefined)}
        />
      )}
    </>
  );
}

function MoveDialog({ move, rollout, workflow, asked, close }: Props & { move: Asked; close: () => void }) {
  const t = useWords(ROLLOUT);
  const frame = useWords(FRAME);
  const say = useSay();
  const toast = useToast();
  const [reason, setReason] = useState("");
  const [undecided, setUndecided] = useState(false);
  const advance = useAct("advanceRollout", { refreshes: REFRESHES });
  const resume = useAct("resumeRollout", { refreshes: REFRESHES });
  const hold = useAct("holdRollout", { refreshes: REFRESHES });
  const back = useAct("rollBack", { refreshes: REFRESHES });
  const abort = useAct("abortRollout", { refreshes: REFRESHES });
  const forward = move === "advance" || move === "promote";
  const act = forward ? advance : move === "resume" ? resume : { hold, roll_back: back, abort }[move];
  const given = reason.trim();
  const params = { workflow };
  const done = (reply: object) => {
    const waits = "pending" in reply && reply.pending !== null;
    const already = "already" in reply && reply.already === true;
    toast.show({ what: t(waits ? "asked" : already ? "already" : "done") });
    if (waits) asked();
    close();
  };
  const go = () => {
    if (forward)
      return advance.mutate(
        { params, body: { undecided, ...(given.length < 3 ? {} : { reason: given }) } },
        { onSuccess: done },
      );
    if (move === "resume") return resume.mutate({ params, body: { reason: given } }, { onSuccess: done });
    // What this page shows is taken back, whatever somebody else did meanwhile.
    if (move === "roll_back")
      return back.mutate({ params, body: { rollout: rollout.id, reason: given } }, { onSuccess: done });
    return { hold, abort }[move].mutate({ params, body: { reason: given } }, { onSuccess: done });
  };
  return (
    <Modal
      opened
      onClose={close}
      title={say(MOVE_WORDS[move])}
      closeButtonProps={{ "aria-label": frame("close") }}
    >
      <p style={{ marginTop: 0 }}>{say(MOVE_SENTENCES[move])}</p>
      {forward && rollout.promotion?.kind === "undecided" ? (
        <Checkbox
          label={t("undecided")}
          checked={undecided}
          onChange={(event) => setUndecided(event.currentTarget.checked)}
          mb="sm"
        />
      ) : null}
      <Textarea
        label={t("reason")}
        required={!forward}
        data-autofocus
        autosize
        minRows={2}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <FormFoot
        act={act}
        verb={say(MOVE_WORDS[move])}
        close={close}
        disabled={!forward && given.length < 3}
        onAct={go}
        apart
        danger={DANGER.includes(move)}
      />
    </Modal>
  );
}
