// An event's times are its own; a reader whose clock differs sees theirs beside them.
const minutesOf = (iso) => {
  const [, sign, hours, minutes] = iso.match(/([+-])(\d\d):(\d\d)$/) ?? [null, "+", "0", "0"];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
};

for (const time of document.querySelectorAll("[data-your-time] time[datetime*='T']")) {
  const at = new Date(time.dateTime);
  if (Number.isNaN(at.getTime()) || -at.getTimezoneOffset() === minutesOf(time.dateTime)) continue;
  const words = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const note = document.createElement("span");
  note.className = "facts__note";
  note.textContent = time.closest("[data-your-time]").dataset.yourTime.replace("{time}", words.format(at));
  time.parentElement.append(note);
}
