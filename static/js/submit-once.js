// A form is sent once: a second tap on "Pay" while the first travels does nothing. Nothing is disabled, so that the
// pressed button's value is sent and a browser that comes back to the page finds it usable.
const RETRY_AFTER = 20000; // milliseconds; a request that was lost on the way may be repeated

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[data-working]")) {
    delete button.dataset.working;
    button.removeAttribute("aria-disabled");
    const label = button.querySelector(".button__label");
    if (label && button.dataset.idle) label.textContent = button.dataset.idle;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.target === "_blank" || form.hasAttribute("data-repeat")) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  const button = event.submitter;
  if (button?.classList.contains("button")) {
    const label = button.querySelector(".button__label");
    button.dataset.working = "";
    button.setAttribute("aria-disabled", "true");
    if (label && button.dataset.busy) {
      button.dataset.idle = label.textContent;
      label.textContent = button.dataset.busy;
    }
  }
  setTimeout(() => release(form), RETRY_AFTER);
});

addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
