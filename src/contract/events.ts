/** Every kind of audit event. The record of what changed, never of content: ids, states, counts, keyed digests. */

export const EVENTS = {
  "installation.started": "a process of the program started",
  "case.admitted": "a case was admitted, with arm, shares and coins",
  "case.running": "a model is asked for a case; the attempt is reserved",
  "case.waits":
    "a case waits for a model's breaker, and no other step is left; says for which and until when",
  "case.answered": "an attempt ended, with or without an answer",
  "case.moved": "a case went into another state",
  "review.claimed": "a person took a review",
  "review.released": "a person gave a review back",
  "review.decided": "a person gave a verdict",
  "review.undone": "a verdict was taken back in the undo window",
  "review.skipped": "a person gave a review back with a reason; the third skip escalates",
  "review.snoozed": "a person put a review off until a time",
  "review.escalated": "a review was handed on to the owner's group",
  "review.asked": "the sender of a case was asked a question",
  "review.answered": "the sender's answer was recorded; the case waits for a verdict again",
  "review.unanswered": "no answer came in time; the case waits for a verdict again",
  "review.bulk_approved": "a person approved cases with the identical suggestion together",
  "review.bulk_undone": "such a batch was taken back in the undo window",
  "case.confirmed": "a person looked at what a rolled-back release had delivered, and says that it is right",
  "case.corrected": "what was delivered was corrected: a linked record with a delivery of its own",
  "case.correction_proposed":
    "a correction of what was delivered waits for another person; says how many stand behind it",
  "case.correction_refused": "a proposed correction was refused by another person, or taken back by its own",
  "case.correction_undone": "a correction was taken back in the undo window",
  "review.late":
    "a verdict, or another word on a review, came after the lease had ended; says whether its text was kept",
  "delivery.sent": "a target took a delivery",
  "delivery.failed": "a try to deliver failed",
  "delivery.dead": "a delivery was given up",
  "delivery.replayed": "a dead letter was set going again",
  "quarantine.kept": "input that failed its checks was kept",
  "quarantine.replayed": "a quarantined record was corrected and admitted",
  "quarantine.discarded": "a quarantined record was put aside for good",
  "feed.requested": "a look of a feed was asked for, ahead of its schedule",
  "feed.finished": "a feed run ended, with its counts",
  "feed.drift": "a feed brought new or lost fields",
  "session.started": "a person signed in; says how",
  "session.ended": "a session ended before its time; says why",
  "session.refused": "a sign-in failed; names a keyed digest, never the account",
  "person.made": "a person was added",
  "person.roles": "the granted roles of a person were set",
  "person.link": "a one-time link was made for a person",
  "person.password": "a person set a password",
  "person.changed": "a person changed the own name",
  "person.disabled": "a person was disabled: sessions ended, leases went back",
  "person.enabled": "a disabled person was let in again",
  "person.away": "a person said to be away or back",
  "connection.removed": "a connection was removed",
  "workflow.applied": "a workflow document was applied",
  "setting.requested": "a change of a dial waits for a second person",
  "setting.changed": "a dial of a workflow was changed",
  "setting.refused": "a waiting change was refused",
  "release.published": "a release was published",
  "release.ready": "a release was prepared: its local model is trained",
  "waiver.granted": "a requirement was waived by name",
  "feedback.given":
    "somebody outside the inbox said that a delivered result is wrong; says the reason, never the words",
  "report.made": "something that goes wrong was put on the list of improvements",
  "report.alerted": "the same was reported for the third time on a day; owner and on-call are told",
  "report.told": "visible personal data was reported; says to whom a mail went, nothing of what was said",
  "improvement.settled": "an improvement was ranked, assigned, answered or settled",
  "figures.seen":
    "somebody looked at figures of single persons; names those shown, and under which agreement",
  "second_look.opened": "cases that were delivered wait for a blind second look; says how many, not which",
  "second_look.lapsed": "blind second looks that nobody took in two weeks were closed",
  "notice.sent":
    "a digest, or a notice of what falls due or of a changed model, was mailed; says to whom, never the counts",
  "planted.shown": "a planted case was shown in place of the next one; names no person",
  "planted.decided":
    "a planted case was decided and revealed; says whether its fault was noticed, names no person",
  "works_council.recorded": "what was agreed with the works council was put on record",
  "criteria.frozen":
    "the criteria of a workflow were frozen as they were applied; says which version, and its digest",
  "criterion.attested":
    "a named person said that a criterion holds or does not; says until when, never the words",
  "gate.judged": "a gate was judged; says by which criteria, over which runs, and what came of it",
  "gate.signed":
    "a gate was signed, as owner or as sponsor; says the digest of what was seen, never the note",
  "rollout.recalled": "what a release delivered alone before it was rolled back was put before people",
  "rollout.moved":
    "a rollout was started, went to its next stage, was held, resumed, promoted, rolled back or aborted; says by which alarm, if by one",
  "ladder.moved": "the safe-stop ladder was moved; says from where to where",
  "stop.requested": "somebody asked for a stop",
  "stop.settled": "a request to stop was answered; says where the ladder was moved, if it was",
  "breaker.opened":
    "a model of a connection failed so often that nobody asks it for a while; says the class of the last failure",
  "breaker.closed": "a trial of a model whose breaker was open was answered",
  "connection.saved":
    "a connection was stored; names offered models whose data policy was added, changed or removed, with its digest",
  "policy.requested":
    "a looser data policy of an offered model waits for a second person; says what it would let on, and its digest",
  "policy.loosened": "a looser data policy of an offered model is in force: two people wanted it",
  "policy.refused": "a looser data policy that waited was refused, or taken back",
  "policy.replaced":
    "a looser data policy that waited is over: its model or address was changed, or another policy was asked for",
  "connection.tested": "a connection was tried; says what came of it",
  "budget.set": "what a connection may cost was set, or set free",
  "key.made": "an API key was made",
  "key.limited": "what a key may use of models was set, or set free",
  "key.revoked": "an API key was revoked",
  "shadow.answered": "a release in shadow was asked about a case; says whether it answered, never what",
  "evaluation.imported":
    "an evaluation set was imported, with its counts and digest, and how its cases were drawn, where that was stated",
  "evaluation.collected":
    "an evaluation set was made of cases; says from which labels and how many were left out, never what they hold",
  "evaluation.remapped":
    "the next version of an evaluation set was made in the classes of the newest release",
  "evaluation.opened": "a sealed evaluation set became one for development; it is never sealed again",
  "evaluation.exported": "an evaluation set was handed out in clear; says whether that opened it",
  "evaluation.removed":
    "the items of an evaluation set were destroyed, by a person or because their time was over",
  "evaluation.started": "a run of a release over an evaluation set was asked for",
  "evaluation.finished": "a run over an evaluation set ended, with its counts",
  "certification.made": "a named person asked for a certificate; says what came of it and what it spent",
  "canary.run": "a model was asked the fixed questions of the canary; says what came of it and what it cost",
  "canary.requested": "a run of the canary was asked for, ahead of its time",
  "model.changed":
    "a model answers under another name or version, or otherwise than it did; says what was before and which certificates were suspended",
  "certificate.issued": "a certificate was issued; it takes the place of an older one",
  "certificate.failed":
    "what went out alone under a certificate was wrong too often, or its release became unsure, so it lapsed; holds the counts of the watch",
  "certificate.expiring": "the owner was told that a certificate ends soon, and what its renewal takes",
  "calibration.fitted": "a named person had the confidence of a release calibrated; says on how many labels",
  "labels.opened":
    "a named person laid labels open before a look; the looks after it use a test that may be read at any time",
  "certificate.suspended": "a certificate was suspended, by a person or by the program",
  "audit.gap": "numbers of a writer are missing: events were removed before they came into the log",
  "audit.put_aside": "a row that waited for the log had a number that its writer had used already",
  "backup.made": "a backup was made; says its id and counts",
  "installation.restored":
    "the installation came back from a backup; says which, and whether its keys were there",
  "clock.advanced": "simulated time was moved",
  "calls.removed":
    "records of old calls over the endpoint were removed; says how many, and which months were dropped",
  "clock.set_back": "a process found its clock set back; what would have waited for nothing was woken",
} as const;
export type EventKind = keyof typeof EVENTS;
