// Time left on held stock: <time data-deadline="seconds since 1970"> counts down each second. Screen readers hear the minutes that
// matter, not every tick. At zero the [data-hold] around it shows its [data-over] part and hides [data-running].
const SPOKEN = new Set([10, 5, 2, 1]); // minutes

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

function speak(hold, minutes) {
  const voice = hold?.querySelector("[data-voice]");
  if (!voice || !SPOKEN.has(minutes) || voice.dataset.said === String(minutes)) return;
  voice.dataset.said = String(minutes);
  voice.textContent = (minutes === 1 ? voice.dataset.one : voice.dataset.many).replace("{n}", minutes);
}

function tick() {
  for (const time of document.querySelectorAll("time[data-deadline]")) {
    const left = Math.ceil(time.dataset.deadline - Date.now() / 1000);
    if (Number.isNaN(left)) continue;
    const hold = time.closest("[data-hold]");
    time.textContent = clock(Math.max(left, 0));
    if (left > 0) {
      hold?.toggleAttribute("data-soon", left <= 120);
      speak(hold, Math.ceil(left / 60));
    } else {
      hold?.querySelector("[data-running]")?.setAttribute("hidden", "");
      hold?.querySelector("[data-over]")?.removeAttribute("hidden");
    }
  }
}

tick();
setInterval(tick, 1000);
document.addEventListener("visibilitychange", () => document.hidden || tick());
