// What browser and security key answer each other, told to the person: allauth's script writes it to the console only.
const trouble = document.querySelector("[data-key-trouble]");
const buttons = document.querySelectorAll("[data-key-waits]");

function say(kind) {
  for (const text of trouble.children) text.hidden = text.dataset.when !== kind;
}

function wait(button) {
  const label = button.querySelector(".button__label");
  button.dataset.idle ??= label.textContent;
  label.textContent = button.dataset.keyWaits;
  button.disabled = true;
}

function release() {
  for (const button of buttons) {
    button.disabled = false;
    if (button.dataset.idle) button.querySelector(".button__label").textContent = button.dataset.idle;
  }
}

for (const button of buttons) {
  button.addEventListener("click", () => {
    say("");
    wait(button);
  });
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  release();
  const kind = { InvalidStateError: "known", SecurityError: "elsewhere" }[event.detail.exception.name];
  say(kind ?? "refused");
});

// Chromium knows no keys where there is no HTTPS; localhost counts as if it had.
if (!window.PublicKeyCredential) {
  say("unable");
  for (const button of buttons) button.disabled = true;
}

addEventListener("pageshow", (event) => event.persisted && release());
