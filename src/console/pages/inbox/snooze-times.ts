/** Until when a case may be put off, as choices: in an hour, this afternoon, tomorrow morning, on Monday. Pure. */

export interface SnoozeTime {
  name: "hour" | "afternoon" | "tomorrow" | "monday";
  at: Date;
}

const HOUR = 3_600_000;
const MORNING = 8;
const AFTERNOON = 14;

/** The choices at a moment, in the time zone of the device. What would be over, or the same as another, is left out. */
export function snoozeTimes(now: number): SnoozeTime[] {
  const at = (days: number, hour: number) => {
    const day = new Date(now);
    day.setDate(day.getDate() + days);
    day.setHours(hour, 0, 0, 0);
    return day;
  };
  const weekday = new Date(now).getDay();
  const toMonday = (8 - weekday) % 7 || 7;
  const afternoon = at(0, AFTERNOON);
  return [
    { name: "hour", at: new Date(now + HOUR) },
    ...(afternoon.getTime() - now > HOUR ? [{ name: "afternoon" as const, at: afternoon }] : []),
    ...(toMonday === 1 ? [] : [{ name: "tomorrow" as const, at: at(1, MORNING) }]),
    { name: "monday", at: at(toMonday, MORNING) },
  ];
}
