// Refreshes the phone's screen every 1.5 s and touches the page only when something has changed,
// so that a button under a finger or a keyboard focus stays where it is.
const screen = document.getElementById("screen");
let shown = screen.innerHTML.replace(/Gone in \d+ s|<span>\d\d:\d\d<\/span>/g, "");
async function refresh() {
  try {
    const answer = await fetch(screen.dataset.part, { cache: "no-store" });
    if (!answer.ok) return;
    const text = await answer.text();
    const fresh = document.createElement("div");
    fresh.innerHTML = text;
    const bare = fresh.innerHTML.replace(/Gone in \d+ s|<span>\d\d:\d\d<\/span>/g, "");
    if (bare.trim() !== shown.trim()) {
      screen.innerHTML = text;
      shown = bare;
    } else {
      const now = screen.querySelectorAll(".left, .bar span:first-child");
      fresh.querySelectorAll(".left, .bar span:first-child").forEach((one, place) => {
        if (now[place]) now[place].textContent = one.textContent;
      });
    }
  } catch {
    // The simulator is restarting; the next round tries again.
  }
}
setInterval(refresh, 1500);
